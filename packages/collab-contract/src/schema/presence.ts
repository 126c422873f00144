import { z } from 'zod';
import { type Presence, STATUS_TEXT_CHARACTERS } from '../index.ts';
import { exact } from './exact.ts';

const TOO_LONG = `must be at most ${STATUS_TEXT_CHARACTERS} characters`;

/** Reads a status text; null clears it. Characters are counted as people do, not as code units. */
export const statusTextSchema: z.ZodType<string | null> = z
  .string()
  .refine((text) => Array.from(text).length <= STATUS_TEXT_CHARACTERS, TOO_LONG)
  .nullable();

/** Checks a {@link Presence}. */
export const presenceSchema: z.ZodType<Presence> = exact<Presence>()(
  z.object({
    userId: z.string(),
    online: z.boolean(),
    statusText: statusTextSchema,
    lastSeenAt: z.number().nullable(),
  }),
);
