import { z } from 'zod';

/** What a conversation's id must be. Dots alone are refused because a URL cannot carry them as a path segment. */
export const conversationIdSchema: z.ZodType<string> = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(128, 'must have at most 128 characters')
  .refine((id) => !/[\p{Cc}/]/u.test(id), 'must have no control characters and no "/"')
  .refine((id) => id !== '.' && id !== '..', 'must be more than dots');

/** What an idempotency key must be. */
export const idempotencyKeySchema: z.ZodType<string> = z
  .string('must be a string')
  .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1–128 visible ASCII characters');

const reference = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(128, 'must have at most 128 characters');

/** What the `id` of a frame must be. */
export const frameIdSchema: z.ZodType<string> = reference.describe('Ties a frame to its answer.');

/** A turn's id as a client gives it back. Whether there is such a turn is not decided here. */
export const turnReferenceSchema: z.ZodType<string> = reference.describe('Names a turn.');

/** The name of a model as a client gives it. Whether there is such a model shows when it is called. */
export const modelNameSchema: z.ZodType<string> = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(256, 'must have at most 256 characters');

/** A working directory as a client gives it. */
export const cwdSchema: z.ZodType<string> = z
  .string('must be a string')
  .max(4096, 'must have at most 4096 characters')
  .refine((cwd) => cwd.trim() !== '', 'must not be blank')
  .refine((cwd) => !cwd.includes('\0'), 'must have no null character');

/** An object from outside without those of its fields that count as absent; anything else as it is. */
export function withoutFields(body: unknown, isAbsent: (field: string, value: unknown) => boolean): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([field, value]) => !isAbsent(field, value)));
}
