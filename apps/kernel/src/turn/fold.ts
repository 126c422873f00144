import type {
  AgentEvent,
  Chunk,
  Role,
  StepId,
  StepMetrics,
  TurnId,
  TurnMetrics,
  Usage,
} from '@dispatch/wire';
import type { ChunkDraft } from '../ports.ts';
import { messageIdOf } from './message-id.ts';
import { stepIdOf } from './step-id.ts';
import { addUsage } from './usage.ts';

/** A tool call that has no result yet. */
export interface PendingCall {
  readonly stepId: StepId;
  readonly toolCallId: string;
  readonly toolName: string;
}

/** What the events of one turn amount to. The live turn and boot recovery use the same fold, so they store the same. */
export interface TurnFold {
  /** Takes the next event, in the order of its index. */
  add(event: AgentEvent): void;
  /** Id of the step that has output but no `step-complete`. Undefined: there is none. */
  openStepId(): StepId | undefined;
  /** Whether the model said anything, in text or by calling a tool. */
  hasSpoken(): boolean;
  /** Calls without a result, in call order. */
  pendingCalls(): readonly PendingCall[];
  /** Sum over the steps. Undefined when no step had any. */
  usage(): Usage | undefined;
  /** Input and output of the last step. Undefined when unknown, never 0. */
  contextSize(): number | undefined;
  chunks(): readonly ChunkDraft[];
  metrics(startedAt: number, sealedAt: number): TurnMetrics;
}

interface FoldedMessage {
  /** Absent: made from its place in the turn. */
  readonly id?: string;
  readonly role: Role;
  readonly chunks: FoldedChunk[];
}

/** Text arrives in many pieces; they are joined once, at the end. */
type FoldedChunk = Exclude<Chunk, { type: 'text' | 'thinking' }> | FoldedText;

interface FoldedText {
  readonly type: 'text' | 'thinking';
  readonly pieces: string[];
}

export function createTurnFold(conversationId: string, turnId: string): TurnFold {
  const messages: FoldedMessage[] = [];
  const pending = new Map<string, PendingCall>();
  const steps: StepMetrics[] = [];
  let open = false;
  let hasSpoken = false;
  let model: string | undefined;
  let stepUsage: Usage | undefined;
  let turnUsage: Usage | undefined;
  let contextSize: number | undefined;
  let reason: string | undefined;
  let durationMs: number | undefined;

  /** The message that further chunks of this role belong to; a new one when the last is of another role or closed. */
  function message(role: Role): FoldedMessage {
    const last = messages.at(-1);
    if (last?.role === role && (role !== 'assistant' || open)) return last;
    const made: FoldedMessage = { role, chunks: [] };
    messages.push(made);
    return made;
  }

  function output(chunk: FoldedChunk): void {
    const { chunks } = message('assistant');
    open = true;
    const last = chunks.at(-1);
    if (last !== undefined && 'pieces' in last && 'pieces' in chunk && last.type === chunk.type) {
      last.pieces.push(...chunk.pieces);
    } else chunks.push(chunk);
  }

  function completeStep(event: Extract<AgentEvent, { type: 'step-complete' }>): void {
    const size = stepUsage === undefined ? 0 : stepUsage.inputTokens + stepUsage.outputTokens;
    contextSize = size > 0 ? size : undefined;
    steps.push({
      stepId: event.stepId,
      usage: stepUsage ?? { inputTokens: 0, outputTokens: 0 },
      ...(event.ttftMs === undefined ? {} : { ttftMs: event.ttftMs }),
      ...(event.decodeMs === undefined ? {} : { decodeMs: event.decodeMs }),
      ...(event.genTotalMs === undefined ? {} : { genTotalMs: event.genTotalMs }),
      ...(model === undefined ? {} : { model }),
    });
    open = false;
    stepUsage = undefined;
  }

  function add(event: AgentEvent): void {
    switch (event.type) {
      case 'user-message':
        message('user').chunks.push({ type: 'text', pieces: [event.text] });
        break;
      case 'turn-start':
        model = event.model;
        break;
      case 'status':
        if (event.model !== undefined) model = event.model;
        break;
      case 'text-delta':
        hasSpoken ||= event.delta !== '';
        output({ type: 'text', pieces: [event.delta] });
        break;
      case 'reasoning-delta':
        output({ type: 'thinking', pieces: [event.delta] });
        break;
      case 'tool-call': {
        const { stepId, toolCallId, toolName, input } = event;
        hasSpoken = true;
        output({ type: 'tool-call', toolCallId, toolName, input, stepId });
        pending.set(toolCallId, { stepId, toolCallId, toolName });
        break;
      }
      case 'usage':
        open = true;
        stepUsage = addUsage(stepUsage, event.usage);
        turnUsage = addUsage(turnUsage, event.usage);
        break;
      case 'step-complete':
        completeStep(event);
        break;
      case 'tool-result': {
        const { stepId, toolCallId, toolName, content, isError } = event;
        message('tool').chunks.push({ type: 'tool-result', toolCallId, toolName, content, isError, stepId });
        pending.delete(toolCallId);
        break;
      }
      case 'steering':
        messages.push({
          id: event.messageId,
          role: 'system',
          chunks: [{ type: 'system', text: event.text, steered: true }],
        });
        break;
      case 'error':
        messages.push({
          role: 'assistant',
          chunks: [
            {
              type: 'error',
              message: event.message,
              ...(event.code === undefined ? {} : { code: event.code }),
            },
          ],
        });
        break;
      case 'done':
        reason = event.reason;
        durationMs = event.durationMs;
        break;
      case 'tool-output':
      case 'turn-sealed':
        break;
      default:
        event satisfies never;
    }
  }

  return {
    add,
    openStepId: () => (open ? stepIdOf(turnId, steps.length) : undefined),
    hasSpoken: () => hasSpoken,
    pendingCalls: () => [...pending.values()],
    usage: () => turnUsage,
    contextSize: () => contextSize,
    chunks: () =>
      messages.flatMap(({ id, role, chunks }, index) =>
        chunks.map((chunk) => ({
          conversationId,
          turnId,
          messageId: id ?? messageIdOf(turnId, index),
          role,
          chunk: 'pieces' in chunk ? { type: chunk.type, text: chunk.pieces.join('') } : chunk,
        })),
      ),
    metrics: (startedAt, sealedAt) => {
      const answeredBy = steps.at(-1)?.model ?? model;
      return {
        turnId: turnId as TurnId,
        usage: turnUsage ?? { inputTokens: 0, outputTokens: 0 },
        steps,
        ...(durationMs === undefined ? {} : { durationMs }),
        ...(contextSize === undefined ? {} : { contextSize }),
        ...(answeredBy === undefined ? {} : { model: answeredBy }),
        ...(reason === undefined ? {} : { reason }),
        // A clock that was set back meanwhile: both are told by the clock as it is at the seal.
        startedAt: sealedAt < startedAt ? sealedAt - (durationMs ?? 0) : startedAt,
        sealedAt,
      };
    },
  };
}
