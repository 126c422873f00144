import { z } from 'zod';
import { ERRORS, type ErrorCode, type ErrorResponse } from '../index.ts';
import { exact } from './exact.ts';

/** Checks an {@link ErrorCode}. */
export const errorCodeSchema: z.ZodType<ErrorCode> = exact<ErrorCode>()(
  z.enum(Object.keys(ERRORS) as ErrorCode[]),
);

/** Checks an {@link ErrorResponse}. */
export const errorResponseSchema: z.ZodType<ErrorResponse> = exact<ErrorResponse>()(
  z.object({
    error: z.string(),
    code: errorCodeSchema,
    hint: z.string().exactOptional(),
    retryable: z.boolean(),
    retryAfterMs: z.number().min(0).exactOptional(),
    requestId: z.string(),
  }),
);
