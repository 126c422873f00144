import { turnReplacedEventSchema, userEventSchema } from '@dispatch/collab-contract/schema';
import { surfaceCatalogSchema, surfaceSpecSchema, surfaceUpdateSchema } from '@dispatch/ui-contract/schema';
import { agentEventSchema } from '@dispatch/wire/schema';
import { z } from 'zod';
import type {
  AckMessage,
  ByeMessage,
  ChatDeltaMessage,
  ChatErrorMessage,
  ChatResetMessage,
  ErrorMessage,
  KernelStatusMessage,
  PingMessage,
  PongMessage,
  UserEventMessage,
  UserSkipMessage,
  WsServerMessage,
} from '../index.ts';
import { byType, type SchemasByType } from './by-type.ts';
import { errorCodeSchema } from './errors.ts';
import { exact } from './exact.ts';
import { helloMessageSchema } from './hello.ts';
import { presenceSnapshotMessageSchema, presenceUpdateMessageSchema } from './presence.ts';

const conversationId = z.string();
const count = z.int().min(0);
const refusal = {
  message: z.string(),
  code: errorCodeSchema.exactOptional(),
  hint: z.string().exactOptional(),
  retryable: z.boolean().exactOptional(),
  requestId: z.string().exactOptional(),
  id: z.string().exactOptional(),
  retryAfterMs: z.number().min(0).exactOptional(),
};

/** The schema of every frame a backend may send, by type. */
export const serverFrameSchemas: SchemasByType<WsServerMessage> = {
  hello: helloMessageSchema,
  catalog: z.object({ type: z.literal('catalog'), catalog: surfaceCatalogSchema }),
  surface: z.object({
    type: z.literal('surface'),
    spec: surfaceSpecSchema,
    conversationId: conversationId.exactOptional(),
  }),
  update: z.object({ type: z.literal('update'), update: surfaceUpdateSchema }),
  error: exact<ErrorMessage>()(
    z.object({ type: z.literal('error'), ...refusal, surfaceId: z.string().exactOptional() }),
  ),
  'chat.delta': exact<ChatDeltaMessage>()(
    z.object({ type: z.literal('chat.delta'), event: agentEventSchema, n: count.exactOptional() }),
  ),
  'chat.error': exact<ChatErrorMessage>()(
    z.object({ type: z.literal('chat.error'), ...refusal, conversationId: conversationId.exactOptional() }),
  ),
  'chat.reset': exact<ChatResetMessage>()(
    z.object({
      type: z.literal('chat.reset'),
      conversationId,
      turnId: z.string().exactOptional(),
      reason: z.enum(['unknown-turn', 'ahead', 'too-old']),
    }),
  ),
  'turn-replaced': turnReplacedEventSchema,
  ack: exact<AckMessage>()(
    z.object({
      type: z.literal('ack'),
      id: z.string(),
      conversationId: conversationId.exactOptional(),
      turnId: z.string().exactOptional(),
    }),
  ),
  status: exact<KernelStatusMessage>()(
    z.object({ type: z.literal('status'), kernel: z.enum(['up', 'down']) }),
  ),
  ping: exact<PingMessage>()(z.object({ type: z.literal('ping'), t: z.number(), head: count })),
  pong: exact<PongMessage>()(z.object({ type: z.literal('pong'), t: z.number() })),
  'user.event': exact<UserEventMessage>()(
    z.object({ type: z.literal('user.event'), seq: z.int().min(1), event: userEventSchema }),
  ),
  'user.skip': exact<UserSkipMessage>()(z.object({ type: z.literal('user.skip'), seq: z.int().min(1) })),
  bye: exact<ByeMessage>()(
    z.object({
      type: z.literal('bye'),
      code: z.string(),
      resume: z.boolean(),
      retryAfterMs: z.number().min(0).exactOptional(),
    }),
  ),
  'presence.snapshot': presenceSnapshotMessageSchema,
  'presence.update': presenceUpdateMessageSchema,
};

/** Checks any frame a backend may send. A test for fixtures and for conformance; clients drop what they do not know instead. */
export const wsServerMessageSchema: z.ZodType<WsServerMessage> = byType<WsServerMessage>(serverFrameSchemas);
