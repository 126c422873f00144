import { z } from 'zod';
import type { ConversationSnapshot, UserEvent } from '../index.ts';
import { approvalSchema } from './approval.ts';
import { exact } from './exact.ts';

/** Checks a {@link ConversationSnapshot}. */
export const conversationSnapshotSchema: z.ZodType<ConversationSnapshot> = exact<ConversationSnapshot>()(
  z.object({
    id: z.string(),
    title: z.string().nullable(),
    status: z.enum(['active', 'idle', 'closed']),
    model: z.string().nullable(),
    cwd: z.string().nullable(),
    createdAt: z.number(),
    lastActivityAt: z.number(),
  }),
);

/** Checks a {@link UserEvent}. A test for fixtures and for conformance; clients drop what they do not know instead. */
export const userEventSchema: z.ZodType<UserEvent> = exact<UserEvent>()(
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('conversation.created'), conversation: conversationSnapshotSchema }),
    z.object({ type: z.literal('conversation.updated'), conversation: conversationSnapshotSchema }),
    z.object({ type: z.literal('conversation.closed'), conversationId: z.string() }),
    z.object({ type: z.literal('approval.requested'), approval: approvalSchema }),
    z.object({ type: z.literal('approval.resolved'), approval: approvalSchema }),
  ]),
);
