import { z } from 'zod';
import type { AgentEvent, TurnVersion } from '../index.ts';
import { exact } from './exact.ts';
import { stepIdSchema, turnIdSchema } from './ids.ts';
import { usageSchema } from './metrics.ts';

const ofConversation = { conversationId: z.string() };
const turnVersion = exact<TurnVersion>()(
  z.object({
    beatId: turnIdSchema,
    version: z.int().min(1),
    regeneratedFrom: turnIdSchema,
    supersedes: turnIdSchema,
  }),
);
const ofTurn = { ...ofConversation, turnId: z.string() };
const durationMs = z.number().min(0).exactOptional();

/** Checks an {@link AgentEvent}: a line of `POST /chat`, or the `event` of a `chat.delta`. */
export const agentEventSchema: z.ZodType<AgentEvent> = exact<AgentEvent>()(
  z.discriminatedUnion('type', [
    z.object({
      type: z.literal('status'),
      ...ofConversation,
      status: z.string(),
      turnId: turnIdSchema.exactOptional(),
      code: z.string().exactOptional(),
      attempt: z.int().min(1).exactOptional(),
      delayMs: durationMs,
      model: z.string().exactOptional(),
    }),
    z.object({ type: z.literal('user-message'), ...ofTurn, text: z.string() }),
    z.object({
      type: z.literal('turn-start'),
      ...ofTurn,
      model: z.string().exactOptional(),
      versionOf: turnVersion.exactOptional(),
    }),
    z.object({ type: z.literal('text-delta'), ...ofTurn, delta: z.string() }),
    z.object({ type: z.literal('reasoning-delta'), ...ofTurn, delta: z.string() }),
    z.object({
      type: z.literal('tool-call'),
      ...ofTurn,
      stepId: stepIdSchema,
      toolCallId: z.string(),
      toolName: z.string(),
      input: z.unknown(),
    }),
    z.object({
      type: z.literal('tool-result'),
      ...ofTurn,
      stepId: stepIdSchema,
      toolCallId: z.string(),
      toolName: z.string(),
      content: z.string(),
      isError: z.boolean(),
      durationMs,
    }),
    z.object({
      type: z.literal('tool-output'),
      ...ofTurn,
      toolCallId: z.string(),
      data: z.string(),
      stream: z.enum(['stdout', 'stderr']),
    }),
    z.object({
      type: z.literal('usage'),
      ...ofTurn,
      usage: usageSchema,
      stepId: stepIdSchema.exactOptional(),
    }),
    z.object({
      type: z.literal('step-complete'),
      ...ofTurn,
      stepId: stepIdSchema,
      ttftMs: durationMs,
      decodeMs: durationMs,
      genTotalMs: durationMs,
    }),
    z.object({ type: z.literal('steering'), ...ofTurn, messageId: z.string(), text: z.string() }),
    z.object({
      type: z.literal('error'),
      ...ofTurn,
      message: z.string(),
      code: z.string().exactOptional(),
      retryable: z.boolean().exactOptional(),
    }),
    z.object({
      type: z.literal('done'),
      ...ofTurn,
      reason: z.string(),
      durationMs,
      usage: usageSchema.exactOptional(),
      contextSize: z.number().positive().exactOptional(),
    }),
    z.object({ type: z.literal('turn-sealed'), ...ofTurn }),
  ]),
);
