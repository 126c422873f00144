import type { AgentEvent } from '@dispatch/wire';
import type { ConversationRow, Log, Models, Store, TurnRow } from '../ports.ts';
import { DamagedRowError } from '../storage/rows.ts';
import type { Ceilings } from './ceilings.ts';
import { runningPlace } from './place-turn.ts';
import type { AdmittedTurn } from './running-turn.ts';
import { loadTurn } from './seal-turn.ts';
import { type RequestedCall, tooManyCalls } from './tool-runner.ts';

type ToolCallEvent = Extract<AgentEvent, { type: 'tool-call' }>;

/** Where a turn stands whose last step is complete, and whose calls are not. */
export interface OpenCalls {
  /** Steps that are complete. */
  readonly steps: number;
  /** Calls of the last of them that have no result, in call order. */
  readonly calls: readonly RequestedCall[];
  /** Index in the turn's models of the one that answered last. */
  readonly modelIndex: number;
}

/** A turn of an earlier start that waits for people and can go on as if nothing had happened. */
export interface WaitingTurn {
  readonly turn: AdmittedTurn;
  /** Everything stored of it. */
  readonly events: readonly AgentEvent[];
  readonly open: OpenCalls;
}

export interface WaitingParts {
  readonly store: Store;
  readonly models: Pick<Models, 'fallbackModels'>;
  readonly log: Log;
  readonly limits: { readonly toolCallsPerStep: number };
}

/**
 * Whether a turn waits: its step is complete, and people are asked about one of its calls, or have answered and nothing came of it yet. Undefined: it does not, or
 * it cannot be told from what is stored, and the turn can only be sealed.
 */
export async function waitingTurn(parts: WaitingParts, row: TurnRow): Promise<WaitingTurn | undefined> {
  try {
    return await read(parts, row);
  } catch (error) {
    if (!(error instanceof DamagedRowError)) throw error;
    parts.log.error({ err: error, turnId: row.id }, 'a turn that may have waited cannot go on');
    return undefined;
  }
}

async function read({ store, models, limits }: WaitingParts, row: TurnRow): Promise<WaitingTurn | undefined> {
  const { id: turnId, conversationId, startedBy, startedAt } = row;
  const { approvals } = store.read;
  const asked = (await approvals.approvalsOfTurn(turnId)).filter(({ state }) => state !== 'withdrawn');
  const [first] = asked;
  if (first === undefined) return undefined;
  const { fold, events, damaged } = await loadTurn(store, { conversationId, turnId });
  const conversation = await store.read.conversation(conversationId);
  const message = events.find(({ type }) => type === 'user-message');
  if (damaged || conversation === undefined || message?.type !== 'user-message') return undefined;
  if (fold.openStepId() !== undefined) return undefined;
  const pending = new Set(fold.pendingCalls().map(({ toolCallId }) => toolCallId));
  const begun = new Set((await approvals.effectsOfTurn(turnId)).map(({ toolCallId }) => toolCallId));
  if (!asked.some(({ toolCallId }) => pending.has(toolCallId) && !begun.has(toolCallId))) return undefined;
  const named = [row.model, ...fallbacksOf(conversation, row.model, models)] as const;
  const made = events.filter((event) => event.type === 'tool-call');
  const turn: AdmittedTurn = {
    conversationId,
    turnId,
    message: message.text,
    models: named,
    // People were asked about calls in this one, whatever the conversation has by now.
    cwd: first.cwd,
    startedBy,
    startedAt,
    ...runningPlace(await store.read.places(conversationId), turnId),
  };
  return {
    turn,
    events,
    open: {
      steps: events.filter(({ type }) => type === 'step-complete').length,
      calls: made
        .filter(({ toolCallId }) => pending.has(toolCallId))
        .map((call) => requested(call, made, limits.toolCallsPerStep)),
      modelIndex: Math.max(0, named.indexOf(lastModel(events) ?? row.model)),
    },
  };
}

/** As the admission chose them: beside the turn's own model, which need not be the conversation's. */
function fallbacksOf(
  { fallbackModels }: ConversationRow,
  model: string,
  models: Pick<Models, 'fallbackModels'>,
): readonly string[] {
  const names = fallbackModels.length > 0 ? fallbackModels : models.fallbackModels;
  return [...new Set(names)].filter((name) => name !== model);
}

/** Undefined: the first one answered. */
function lastModel(events: readonly AgentEvent[]): string | undefined {
  const fell = events.findLast((event) => event.type === 'status' && event.status === 'falling-back');
  return fell?.type === 'status' ? fell.model : undefined;
}

/** Arguments that could not be used when they came cannot be used now. */
function requested(call: ToolCallEvent, all: readonly ToolCallEvent[], perStep: number): RequestedCall {
  const { toolCallId, toolName, input, stepId } = call;
  const place = all.filter((other) => other.stepId === stepId).indexOf(call);
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  const refusal =
    place >= perStep ? tooManyCalls(perStep) : isObject ? undefined : 'the arguments must be a JSON object';
  return {
    toolCallId,
    promptCallId: toolCallId,
    toolName,
    input,
    ...(refusal === undefined ? {} : { refusal }),
  };
}

/** Counts what a turn had used up before it went on, as it was counted then. */
export function recount(ceilings: Ceilings, events: readonly AgentEvent[]): void {
  for (const event of events) {
    ceilings.admit(charactersOf(event));
    if (event.type === 'usage') ceilings.addUsage(event.usage);
    if (event.type === 'tool-call') ceilings.addToolCall();
  }
}

function charactersOf(event: AgentEvent): number {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return event.delta.length;
    case 'tool-output':
      return event.data.length;
    case 'tool-result':
      return event.content.length;
    case 'steering':
      return event.text.length;
    case 'tool-call':
      return JSON.stringify(event).length;
    default:
      return 0;
  }
}
