import { storedChunkSchema, turnMetricsSchema } from '@dispatch/wire/schema';
import { z } from 'zod';
import type {
  ConversationHistoryQuery,
  ConversationHistoryResponse,
  ConversationMetricsResponse,
} from '../index.ts';
import { exact } from './exact.ts';
import { withoutFields } from './inbound-fields.ts';
import { wholeNumber } from './whole-number.ts';

/** Reads the query of `GET /conversations/:id`, whose values arrive as text. An empty `sinceSeq` is 0. */
export const conversationHistoryQuerySchema: z.ZodType<ConversationHistoryQuery> =
  exact<ConversationHistoryQuery>()(
    z.preprocess(
      (query) => withoutFields(query, (field, value) => field === 'sinceSeq' && value === ''),
      z.object({
        sinceSeq: wholeNumber(0).exactOptional(),
        beforeSeq: wholeNumber(1).exactOptional(),
        limit: wholeNumber(1).exactOptional(),
        view: z.literal('active').exactOptional(),
      }),
    ),
  );

/** Checks a {@link ConversationHistoryResponse}. */
export const conversationHistoryResponseSchema: z.ZodType<ConversationHistoryResponse> =
  exact<ConversationHistoryResponse>()(
    z.object({
      chunks: z.array(storedChunkSchema),
      latestSeq: z.int().min(0),
      damaged: z.array(z.int().min(1)).exactOptional(),
    }),
  );

/** Checks a {@link ConversationMetricsResponse}. */
export const conversationMetricsResponseSchema: z.ZodType<ConversationMetricsResponse> =
  exact<ConversationMetricsResponse>()(
    z.object({ turns: z.array(turnMetricsSchema), damaged: z.array(z.int().min(1)).exactOptional() }),
  );
