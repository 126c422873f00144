import {
  invokeMessageSchema,
  subscribeMessageSchema,
  unsubscribeMessageSchema,
} from '@dispatch/ui-contract/schema';
import { z } from 'zod';
import type { ClientHelloMessage, ClientPingMessage, WsClientMessage } from '../index.ts';
import { byType, type SchemasByType } from './by-type.ts';
import { chatSendMessageSchema } from './chat-request.ts';
import { chatSubscribeMessageSchema, chatUnsubscribeMessageSchema } from './chat-subscribe.ts';
import { exact } from './exact.ts';
import { frameIdSchema } from './inbound-fields.ts';
import { clientPresenceUpdateMessageSchema, presenceStatusMessageSchema } from './presence.ts';
import { typingStartMessageSchema, typingStopMessageSchema } from './typing.ts';

const id = frameIdSchema.exactOptional();
const name = z.string().min(1).max(128);

/** Reads a `client.hello` frame. */
export const clientHelloMessageSchema: z.ZodType<ClientHelloMessage> = exact<ClientHelloMessage>()(
  z.object({
    type: z.literal('client.hello'),
    contracts: z.record(name, z.string().max(64)).exactOptional(),
    capabilities: z.array(name).max(64, 'must have at most 64 entries').exactOptional(),
    tab: name.exactOptional(),
    id,
  }),
);

/** Reads a client's `ping` frame. */
export const clientPingMessageSchema: z.ZodType<ClientPingMessage> = exact<ClientPingMessage>()(
  z.object({ type: z.literal('ping'), id }),
);

/** The reader of every frame a client may send, by type. */
export const clientFrameSchemas: SchemasByType<WsClientMessage> = {
  subscribe: z.intersection(subscribeMessageSchema, z.object({ id })),
  unsubscribe: z.intersection(unsubscribeMessageSchema, z.object({ id })),
  invoke: z.intersection(invokeMessageSchema, z.object({ id })),
  'chat.send': chatSendMessageSchema,
  'chat.subscribe': chatSubscribeMessageSchema,
  'chat.unsubscribe': chatUnsubscribeMessageSchema,
  'client.hello': clientHelloMessageSchema,
  ping: clientPingMessageSchema,
  'presence.status': presenceStatusMessageSchema,
  'presence.update': clientPresenceUpdateMessageSchema,
  'typing.start': typingStartMessageSchema,
  'typing.stop': typingStopMessageSchema,
};

/** Reads any frame a client may send. */
export const wsClientMessageSchema: z.ZodType<WsClientMessage> = byType<WsClientMessage>(clientFrameSchemas);
