import { z } from 'zod';
import type { TypingStartMessage, TypingStopMessage } from '../index.ts';
import { exact } from './exact.ts';
import { frameIdSchema, wellFormedText } from './inbound-fields.ts';

const id = frameIdSchema.exactOptional();
const channelId = wellFormedText('must be a string')
  .min(1, 'must not be empty')
  .max(128, 'must have at most 128 characters');

/** Reads a `typing.start` frame. */
export const typingStartMessageSchema: z.ZodType<TypingStartMessage> = exact<TypingStartMessage>()(
  z.object({ type: z.literal('typing.start'), channelId, id }),
);

/** Reads a `typing.stop` frame. */
export const typingStopMessageSchema: z.ZodType<TypingStopMessage> = exact<TypingStopMessage>()(
  z.object({ type: z.literal('typing.stop'), channelId, id }),
);
