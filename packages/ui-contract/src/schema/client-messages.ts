import { z } from 'zod';
import type { InvokeMessage, SubscribeMessage, SurfaceClientMessage, UnsubscribeMessage } from '../index.ts';
import { exact } from './exact.ts';

const surfaceId = z.string().min(1).max(128);
const conversationId = z.string().exactOptional();

const subscribe = z.object({ type: z.literal('subscribe'), surfaceId, conversationId });
const unsubscribe = z.object({ type: z.literal('unsubscribe'), surfaceId, conversationId });
const invoke = z.object({
  type: z.literal('invoke'),
  surfaceId,
  actionId: z.string().min(1).max(128),
  payload: z.unknown().optional(),
  conversationId,
});

/** Checks a {@link SubscribeMessage}. */
export const subscribeMessageSchema: z.ZodType<SubscribeMessage> = exact<SubscribeMessage>()(subscribe);

/** Checks an {@link UnsubscribeMessage}. */
export const unsubscribeMessageSchema: z.ZodType<UnsubscribeMessage> =
  exact<UnsubscribeMessage>()(unsubscribe);

/** Checks an {@link InvokeMessage}. */
export const invokeMessageSchema: z.ZodType<InvokeMessage> = exact<InvokeMessage>()(invoke);

/** Checks any frame a client may send about surfaces. */
export const surfaceClientMessageSchema: z.ZodType<SurfaceClientMessage> = exact<SurfaceClientMessage>()(
  z.discriminatedUnion('type', [subscribe, unsubscribe, invoke]),
);
