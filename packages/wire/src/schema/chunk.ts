import { z } from 'zod';
import { type ChatMessage, type Chunk, ROLES, type Role, type StoredChunk } from '../index.ts';
import { exact } from './exact.ts';
import { stepIdSchema, turnIdSchema } from './ids.ts';

/** Checks a {@link Role}. */
export const roleSchema: z.ZodType<Role> = exact<Role>()(z.enum(ROLES));

/** Checks a {@link Chunk}. */
export const chunkSchema: z.ZodType<Chunk> = exact<Chunk>()(
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text: z.string() }),
    z.object({ type: z.literal('thinking'), text: z.string() }),
    z.object({
      type: z.literal('tool-call'),
      toolCallId: z.string(),
      toolName: z.string(),
      input: z.unknown(),
      stepId: stepIdSchema.exactOptional(),
    }),
    z.object({
      type: z.literal('tool-result'),
      toolCallId: z.string(),
      toolName: z.string(),
      content: z.string(),
      isError: z.boolean(),
      stepId: stepIdSchema.exactOptional(),
    }),
    z.object({ type: z.literal('error'), message: z.string(), code: z.string().exactOptional() }),
    z.object({ type: z.literal('system'), text: z.string(), steered: z.literal(true).exactOptional() }),
  ]),
);

/** Checks a {@link ChatMessage}. */
export const chatMessageSchema: z.ZodType<ChatMessage> = exact<ChatMessage>()(
  z.object({ role: roleSchema, chunks: z.array(chunkSchema) }),
);

/** Checks a {@link StoredChunk}. */
export const storedChunkSchema: z.ZodType<StoredChunk> = exact<StoredChunk>()(
  z.object({
    seq: z.int().min(1),
    role: roleSchema,
    chunk: chunkSchema,
    turnId: turnIdSchema.exactOptional(),
    messageId: z.string().exactOptional(),
    createdAt: z.number().exactOptional(),
    supersededBy: turnIdSchema.exactOptional(),
    beatId: turnIdSchema.exactOptional(),
    version: z.int().min(0).exactOptional(),
  }),
);
