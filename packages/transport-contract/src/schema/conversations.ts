import { z } from 'zod';
import type {
  ConversationStatus,
  ConversationStatusResponse,
  ConversationsQuery,
  ConversationsResponse,
} from '../index.ts';
import { exact } from './exact.ts';
import { withoutFields } from './inbound-fields.ts';
import { wholeNumber } from './whole-number.ts';

/** Checks a {@link ConversationStatus}. */
export const conversationStatusSchema: z.ZodType<ConversationStatus> = exact<ConversationStatus>()(
  z.enum(['active', 'idle', 'closed'], 'must be active, idle or closed'),
);

/** Reads the query of `GET /conversations`, whose values arrive as text. Empty ones count as absent. */
export const conversationsQuerySchema: z.ZodType<ConversationsQuery> = exact<ConversationsQuery>()(
  z.preprocess(
    (query) => withoutFields(query, (_field, value) => value === ''),
    z.object({
      q: z.string('must be a string').max(200, 'must have at most 200 characters').exactOptional(),
      status: conversationStatusSchema.exactOptional(),
      limit: wholeNumber(1, 200).exactOptional(),
      // Room for the position of an id of 128 characters outside the basic plane.
      cursor: z.string('must be a string').max(1024, 'is no cursor of this list').exactOptional(),
    }),
  ),
);

const facts = { title: z.string().nullable(), model: z.string().nullable(), cwd: z.string().nullable() };

/** Checks a {@link ConversationsResponse}. */
export const conversationsResponseSchema: z.ZodType<ConversationsResponse> = exact<ConversationsResponse>()(
  z.object({
    conversations: z.array(
      z.object({
        id: z.string(),
        status: conversationStatusSchema,
        ...facts,
        createdAt: z.number(),
        lastActivityAt: z.number(),
      }),
    ),
    nextCursor: z.string().nullable(),
    epoch: z.string().exactOptional(),
    userSeq: z.int().min(0).exactOptional(),
  }),
);

/** Checks a {@link ConversationStatusResponse}. */
export const conversationStatusResponseSchema: z.ZodType<ConversationStatusResponse> =
  exact<ConversationStatusResponse>()(
    z.object({
      conversationId: z.string(),
      status: conversationStatusSchema,
      turnId: z.string().nullable(),
      ...facts,
    }),
  );
