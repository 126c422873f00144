import { z } from 'zod';
import type { ConversationSnapshot, TurnReplacedEvent, UserEvent } from '../index.ts';
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

const turnReplaced = z.object({
  type: z.literal('turn-replaced'),
  conversationId: z.string(),
  turnId: z.string().nullable(),
  supersedes: z.string(),
  beatId: z.string(),
  version: z.int().min(1),
  versions: z.int().min(1),
  speaker: z.string().exactOptional(),
  provisional: z.literal(true).exactOptional(),
});

/** Checks a {@link TurnReplacedEvent}. */
export const turnReplacedEventSchema: z.ZodType<TurnReplacedEvent> = exact<TurnReplacedEvent>()(turnReplaced);

/** Checks a {@link UserEvent}. A test for fixtures and for conformance; clients drop what they do not know instead. */
export const userEventSchema: z.ZodType<UserEvent> = exact<UserEvent>()(
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('conversation.created'), conversation: conversationSnapshotSchema }),
    z.object({ type: z.literal('conversation.updated'), conversation: conversationSnapshotSchema }),
    z.object({ type: z.literal('conversation.closed'), conversationId: z.string() }),
    turnReplaced,
    z.object({ type: z.literal('approval.requested'), approval: approvalSchema }),
    z.object({ type: z.literal('approval.resolved'), approval: approvalSchema }),
  ]),
);
