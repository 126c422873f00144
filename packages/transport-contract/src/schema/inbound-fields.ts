import { z } from 'zod';

/**
 * Text from outside. Half of a surrogate pair is refused: no store gives it back as it came, so an id would name something else
 * afterwards and a message would be altered without a word. (With the flag `u` the halves of a whole pair do not match.)
 */
export function wellFormedText(message: string): z.ZodString {
  return z
    .string(message)
    .refine((text) => !/\p{Surrogate}/u.test(text), 'must be well-formed text, without lone surrogates');
}

/** The text of a message as `chat.send` carries it: kept as it is, spaces included. */
export const messageTextSchema: z.ZodType<string> = wellFormedText('must be a string').min(
  1,
  'must not be empty',
);

/** What a conversation's id must be. Dots alone are refused because a URL cannot carry them as a path segment. */
export const conversationIdSchema: z.ZodType<string> = wellFormedText('must be a string')
  .min(1, 'must not be empty')
  .max(128, 'must have at most 128 characters')
  .refine((id) => !/[\p{Cc}/]/u.test(id), 'must have no control characters and no "/"')
  .refine((id) => id !== '.' && id !== '..', 'must be more than dots');

/** What an idempotency key must be. */
export const idempotencyKeySchema: z.ZodType<string> = z
  .string('must be a string')
  .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1–128 visible ASCII characters');

const reference = wellFormedText('must be a string')
  .min(1, 'must not be empty')
  .max(128, 'must have at most 128 characters');

/** What the `id` of a frame must be. */
export const frameIdSchema: z.ZodType<string> = reference.describe('Ties a frame to its answer.');

/** A turn's id as a client gives it back. Whether there is such a turn is not decided here. */
export const turnReferenceSchema: z.ZodType<string> = reference.describe('Names a turn.');

/** The name of a model as a client gives it. Whether there is such a model shows when it is called. */
export const modelNameSchema: z.ZodType<string> = wellFormedText('must be a string')
  .min(1, 'must not be empty')
  .max(256, 'must have at most 256 characters');

/** A working directory as a client gives it. */
export const cwdSchema: z.ZodType<string> = wellFormedText('must be a string')
  .max(4096, 'must have at most 4096 characters')
  .refine((cwd) => cwd.trim() !== '', 'must not be blank')
  .refine((cwd) => !cwd.includes('\0'), 'must have no null character');

/** An object from outside without those of its fields that count as absent; anything else as it is. */
export function withoutFields(body: unknown, isAbsent: (field: string, value: unknown) => boolean): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([field, value]) => !isAbsent(field, value)));
}
