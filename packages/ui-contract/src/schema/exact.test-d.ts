import { z } from 'zod';
import type { SubscribeMessage } from '../index.ts';
import { exact, type IsExact } from './exact.ts';

const type = z.literal('subscribe');
const surfaceId = z.string();
const conversationId = z.string().exactOptional();

const equal = z.object({ type, surfaceId, conversationId });
exact<SubscribeMessage>()(equal);
export const holds: IsExact<SubscribeMessage, typeof equal> = true;

const missing = z.object({ type, surfaceId });
// @ts-expect-error a schema that forgets a field would strip it
exact<SubscribeMessage>()(missing);

const required = z.object({ type, surfaceId, conversationId: z.string() });
// @ts-expect-error a schema that asks for an optional field would refuse valid frames
exact<SubscribeMessage>()(required);

const loose = z.object({ type, surfaceId, conversationId: z.string().optional() });
// @ts-expect-error an absent field is not a field that is undefined
exact<SubscribeMessage>()(loose);

const extra = z.object({ type, surfaceId, conversationId, note: z.string() });
// @ts-expect-error a schema cannot invent a field
exact<SubscribeMessage>()(extra);

const wider = z.object({ type: z.string(), surfaceId, conversationId });
// @ts-expect-error a schema cannot let through what the interface excludes
exact<SubscribeMessage>()(wider);
