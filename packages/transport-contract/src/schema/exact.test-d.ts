import { z } from 'zod';
import type { StopConversationResponse } from '../index.ts';
import { exact, type IsExact } from './exact.ts';

const conversationId = z.string();
const stopped = z.boolean();
const equal = z.object({ conversationId, stopped, turnId: z.string().nullable() });
exact<StopConversationResponse>()(equal);
export const holds: IsExact<StopConversationResponse, typeof equal> = true;

const absent = z.object({ conversationId, stopped, turnId: z.string().exactOptional() });
// @ts-expect-error an explicit null is not an absent field
exact<StopConversationResponse>()(absent);

const missing = z.object({ conversationId, stopped });
// @ts-expect-error a schema that forgets a field would strip it
exact<StopConversationResponse>()(missing);
