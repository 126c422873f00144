import type { ModelsResponse } from '@dispatch/transport-contract';
import { ApiError } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';

/** `GET /models`: what can be named as `model`. Credentials that could not be asked are listed, never silently left out. */
export const models: ApiHandler = async ({ signal }, parts): Promise<ModelsResponse> => {
  const { models, unavailable } = await parts.models.list(signal);
  if (models.length === 0 && unavailable.length > 0) {
    const names = unavailable.map(({ credential, message }) => `${credential}: ${message}`).join(' ');
    throw new ApiError('models-unavailable', `no credential could list its models. ${names}`);
  }
  return unavailable.length === 0 ? { models } : { models, unavailable };
};
