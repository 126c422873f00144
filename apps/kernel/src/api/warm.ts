import { warmRequestSchema } from '@dispatch/transport-contract/schema';
import { ApiError } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { validate } from './validate.ts';

/** `POST /chat/warm`: no extension warms caches here; a request that would be wrong anywhere is still told so. */
export const warm: ApiHandler = async (request) => {
  await validate(warmRequestSchema, await request.body());
  throw new ApiError('warm-unavailable', 'this backend does not warm prompt caches');
};
