import { z } from 'zod';
import type {
  CloseConversationResponse,
  StopConversationRequest,
  StopConversationResponse,
} from '../index.ts';
import { exact } from './exact.ts';
import { turnReferenceSchema } from './inbound-fields.ts';

/** Checks a {@link CloseConversationResponse}. */
export const closeConversationResponseSchema: z.ZodType<CloseConversationResponse> =
  exact<CloseConversationResponse>()(z.object({ conversationId: z.string(), abortedTurn: z.boolean() }));

/** Reads the body of `POST /conversations/:id/stop`; no body is an empty one. */
export const stopConversationRequestSchema: z.ZodType<StopConversationRequest> =
  exact<StopConversationRequest>()(
    z.preprocess((body) => body ?? {}, z.object({ turnId: turnReferenceSchema.exactOptional() })),
  );

/** Checks a {@link StopConversationResponse}. */
export const stopConversationResponseSchema: z.ZodType<StopConversationResponse> =
  exact<StopConversationResponse>()(
    z.object({ conversationId: z.string(), stopped: z.boolean(), turnId: z.string().nullable() }),
  );
