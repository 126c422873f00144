import { z } from 'zod';
import type { EditPayload, MessagePayload, MovePayload } from '../index.ts';
import { exact } from './exact.ts';

const messageId = z.string().min(1);

/** Checks a {@link MessagePayload}. Promotion without any payload is valid too. */
export const messagePayloadSchema: z.ZodType<MessagePayload> = exact<MessagePayload>()(
  z.object({ messageId }),
);

/** Checks an {@link EditPayload}. */
export const editPayloadSchema: z.ZodType<EditPayload> = exact<EditPayload>()(
  z.object({ messageId, text: z.string().refine((text) => text.trim() !== '', 'must not be blank') }),
);

/** Checks a {@link MovePayload}. */
export const movePayloadSchema: z.ZodType<MovePayload> = exact<MovePayload>()(
  z.object({ messageId, position: z.int().min(1) }),
);
