import type { JsonValue, Tool } from '@dispatch/extension-api';
import type { AgentEvent } from '@dispatch/wire';
import type { ActingCall } from '../approval/acting-call.ts';
import type { CallGate } from '../approval/call-gate.ts';
import { crashPoint } from '../crash-point.ts';
import type { Clock, Log, Tools } from '../ports.ts';
import { untilAborted } from '../until-aborted.ts';
import type { TurnLimits } from './ceilings.ts';
import { cutText } from './prompt-text.ts';
import type { ToolOutcome } from './turn-ending.ts';

/** A tool call as the model made it. */
export interface RequestedCall {
  /** In the log; unique within the conversation's log as far as this turn saw it. */
  readonly toolCallId: string;
  /** What stands for the id where a model reads it. */
  readonly promptCallId: string;
  readonly toolName: string;
  /** Parsed arguments; the raw text when they could not be parsed. */
  readonly input: unknown;
  /** Why the call must not be run. Absent: it may. */
  readonly refusal?: string;
}

/** Runs the tool calls of one step while the model may still be writing it. */
export interface ToolRunner {
  /** Runs the call once `stored` resolves; a call that was not stored is never run. */
  take(call: RequestedCall, stored: Promise<void>): void;
  /** Whether people are asked about one of the calls, or one that they allowed has yet to begin. */
  readonly asks: boolean;
  /** Whether a tool runs, or is about to. */
  readonly runs: boolean;
  /** Calls taken so far, in call order. */
  readonly calls: readonly RequestedCall[];
  /** Outcomes that are known, by call id. */
  readonly outcomes: ReadonlyMap<string, ToolOutcome>;
  /** Resolves with the call's outcome; rejects with the signal's reason when the turn is stopped first, whatever the tool does. */
  outcome(toolCallId: string): Promise<ToolOutcome>;
}

export interface ToolRunnerParts {
  readonly turn: { readonly conversationId: string; readonly turnId: string; readonly cwd: string | null };
  readonly tools: Tools;
  readonly gate: CallGate;
  readonly limits: Pick<TurnLimits, 'toolCallsPerStep' | 'toolResultCharacters'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Takes the live output of a call that still runs. */
  readonly emit: (event: Extract<AgentEvent, { type: 'tool-output' }>) => void;
}

export function createToolRunner(parts: ToolRunnerParts): ToolRunner {
  const { turn, tools, gate, limits, clock, log, signal, emit } = parts;
  const calls: RequestedCall[] = [];
  const outcomes = new Map<string, ToolOutcome>();
  const running = new Map<string, Promise<ToolOutcome>>();
  /** The end of the last call that must not run beside others. */
  let turnstile: Promise<unknown> = Promise.resolve();
  const asking = new Set<string>();
  let executing = 0;

  async function run(call: RequestedCall, tool: Tool, stored: Promise<void>): Promise<ToolOutcome> {
    await stored;
    signal.throwIfAborted();
    const startedAt = clock.mono();
    const durationMs = () => Math.round(clock.mono() - startedAt);
    let live = true;
    crashPoint('before-tool');
    try {
      const result = await untilAborted(
        tool.execute(call.input as JsonValue, {
          conversationId: turn.conversationId,
          turnId: turn.turnId,
          toolCallId: call.toolCallId,
          ...(turn.cwd === null ? {} : { cwd: turn.cwd }),
          signal,
          onOutput: (data, stream) => {
            if (!live || signal.aborted || typeof data !== 'string' || data === '') return;
            const { conversationId, turnId } = turn;
            emit({ type: 'tool-output', conversationId, turnId, toolCallId: call.toolCallId, data, stream });
          },
        }),
        signal,
      );
      crashPoint('after-tool');
      const content = bounded(result.content, limits.toolResultCharacters);
      return { content, isError: result.isError === true, durationMs: durationMs() };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      log.warn({ err: error, tool: call.toolName, turnId: turn.turnId }, 'a tool failed');
      const message = error instanceof Error ? error.message : String(error);
      const content = bounded(message === '' ? 'the tool failed' : message, limits.toolResultCharacters);
      return { content, isError: true, durationMs: durationMs() };
    } finally {
      live = false;
    }
  }

  async function counted<T>(work: () => Promise<T>): Promise<T> {
    executing += 1;
    try {
      return await work();
    } finally {
      executing -= 1;
    }
  }

  /** Why a call must not run. People are asked about all calls of a step at once, whatever runs meanwhile. */
  async function refusalOf(
    acting: ActingCall,
    tool: Tool,
    stored: Promise<void>,
  ): Promise<string | undefined> {
    await stored;
    signal.throwIfAborted();
    if (tool.approval === undefined) return undefined;
    asking.add(acting.toolCallId);
    return await gate.ask(acting, tool.approval, signal);
  }

  /** Runs a call of a tool that acts: once, and behind those before it. */
  async function act(
    call: RequestedCall,
    tool: Tool,
    stored: Promise<void>,
    before: Promise<unknown>,
  ): Promise<ToolOutcome> {
    const { conversationId, turnId, cwd } = turn;
    const { toolCallId, toolName } = call;
    // Nobody else has this copy: what runs is what was asked about.
    const input = structuredClone(call.input) as JsonValue;
    const acting: ActingCall = { conversationId, turnId, toolCallId, tool: toolName, input, cwd };
    const refused = refusalOf(acting, tool, stored);
    // It may be refused or stopped while those before it still run.
    refused.catch(() => {});
    try {
      await before;
      const refusal = await refused;
      signal.throwIfAborted();
      if (refusal !== undefined) return { content: refusal, isError: true };
      return await counted(async () => {
        const begun = await gate.begin(acting, tool.approval !== undefined);
        if (typeof begun === 'string') return { content: begun, isError: true };
        asking.delete(toolCallId);
        const outcome = await run({ ...call, input }, tool, stored);
        await begun.end(outcome.isError ? 'failed' : 'done');
        return outcome;
      });
    } finally {
      asking.delete(toolCallId);
    }
  }

  function begin(call: RequestedCall, stored: Promise<void>): Promise<ToolOutcome> {
    const tool = tools.byName(call.toolName);
    const refusal =
      calls.length > limits.toolCallsPerStep
        ? tooManyCalls(limits.toolCallsPerStep)
        : tool === undefined
          ? `there is no tool with the name "${cutText(call.toolName, 64)}"`
          : call.refusal;
    if (tool === undefined || refusal !== undefined) {
      return stored.then(() => ({ content: refusal ?? 'not run', isError: true }));
    }
    if (tool.readOnly === true) return counted(() => run(call, tool, stored));
    const alone = act(call, tool, stored, turnstile);
    turnstile = alone.catch(() => {});
    return alone;
  }

  return {
    get asks() {
      return asking.size > 0;
    },
    get runs() {
      return executing > 0;
    },
    calls,
    outcomes,
    take(call, stored) {
      calls.push(call);
      const outcome = begin(call, stored);
      running.set(call.toolCallId, outcome);
      outcome.then(
        (known) => outcomes.set(call.toolCallId, known),
        () => {},
      );
    },
    async outcome(toolCallId) {
      const outcome = running.get(toolCallId);
      if (outcome === undefined) throw new Error(`call ${toolCallId} was never taken`);
      return await outcome;
    },
  };
}

/** Why a call does not run that has as many before it in its step as may run. */
export function tooManyCalls(limit: number): string {
  return `not run: more than ${limit} calls in one step`;
}

function bounded(content: unknown, characters: number): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content ?? null);
  if (text.length <= characters) return text;
  const kept = cutText(text, characters);
  return `${kept}\n[cut off: ${text.length - kept.length} more characters]`;
}
