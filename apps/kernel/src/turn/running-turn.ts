import type { LanguageModelV3FunctionTool } from '@ai-sdk/provider';
import type { CallGate } from '../approval/call-gate.ts';
import type { Clock, Ids, Log, Models, Tools } from '../ports.ts';
import { type CeilingReason, type Ceilings, createCeilings, type TurnLimits } from './ceilings.ts';
import { offerTools } from './offer-tools.ts';
import type { TurnVersionStart } from './place-turn.ts';
import type { SteeredTurn } from './steering.ts';
import type { ToolRunner } from './tool-runner.ts';
import type { Handover, StepTimings, TurnEnding } from './turn-ending.ts';
import { TurnStop } from './turn-ending.ts';
import type { TurnWriter } from './turn-journal.ts';

/** A turn as its admission committed it. */
export interface AdmittedTurn {
  readonly conversationId: string;
  readonly turnId: string;
  /** The user's message, byte for byte. */
  readonly message: string;
  /** Full model names: the one asked for, then its fallbacks. */
  readonly models: readonly [string, ...string[]];
  readonly cwd: string | null;
  /** User that started it. */
  readonly startedBy: string;
  readonly startedAt: number;
  /** The turns it goes on from. Undefined: all before it. */
  readonly line: ReadonlySet<string> | undefined;
  /** Present when it is another version of what was answered before. */
  readonly version?: TurnVersionStart;
}

/** Measures one step's stream. */
export interface Stopwatch {
  /** The first call counts. */
  markOutput(): void;
  markEnd(): void;
}

/** What the step loop works with. One per turn, gone with it. */
export interface RunningTurn extends AdmittedTurn {
  readonly tools: Tools;
  readonly gate: CallGate;
  readonly modelSource: Models;
  readonly writer: TurnWriter;
  readonly steering: SteeredTurn;
  readonly limits: TurnLimits;
  readonly ceilings: Ceilings;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Aborted with a {@link TurnStop}. */
  readonly signal: AbortSignal;
  /** Ids of tool calls that are taken, those of the history included. */
  readonly callIds: Set<string>;
  /** What is offered to the model with every request; nothing when there are no tools. */
  readonly toolOptions: { readonly tools?: LanguageModelV3FunctionTool[] };
  /** Index in `models` of the model in use; it only grows. */
  modelIndex: number;
  /** The calls of a complete step, until each has its result. Undefined: there are none. */
  openCalls: Pick<ToolRunner, 'asks' | 'runs'> | undefined;
  /** Ends the turn where it stands. Only the first ending counts. */
  stop(ending: TurnEnding | Handover): void;
  /** Counts text that is about to be stored; throws {@link TurnStop} when it no longer fits. */
  admit(characters: number): void;
  /** Throws {@link TurnStop} when calls that are not whole yet, and so much of their arguments, would not fit. Counts nothing. */
  foresee(calls: number, characters: number): void;
  /** Starts measuring a request; an earlier measurement is forgotten. */
  beginStep(): Stopwatch;
  /** Timings of the request that was measured last. Undefined: none was. */
  timings(): StepTimings | undefined;
}

export interface RunningTurnParts {
  readonly steering: SteeredTurn;
  readonly tools: Tools;
  readonly gate: CallGate;
  readonly models: Models;
  readonly limits: TurnLimits;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export function createRunningTurn(
  admitted: AdmittedTurn,
  parts: RunningTurnParts,
  writer: TurnWriter,
  controller: AbortController,
): RunningTurn {
  const { clock, limits } = parts;
  const ceilings = createCeilings(limits);
  let measured: { readonly startedAt: number; outputAt?: number; endedAt?: number } | undefined;
  const stop = (ending: TurnEnding | Handover) => controller.abort(new TurnStop(ending));
  const within = (fits: boolean, reason: CeilingReason) => {
    if (fits) return;
    stop({ reason });
    throw controller.signal.reason;
  };
  return {
    ...admitted,
    tools: parts.tools,
    gate: parts.gate,
    modelSource: parts.models,
    writer,
    steering: parts.steering,
    limits,
    ceilings,
    clock,
    ids: parts.ids,
    log: parts.log,
    signal: controller.signal,
    callIds: new Set(),
    toolOptions: offerTools(parts.tools),
    modelIndex: 0,
    openCalls: undefined,
    stop,
    admit: (characters) => within(ceilings.admit(characters), 'max-bytes'),
    foresee(calls, characters) {
      within(ceilings.hasRoomForCalls(calls), 'tool-calls');
      within(ceilings.hasRoomFor(characters), 'max-bytes');
    },
    beginStep() {
      const current: typeof measured = { startedAt: clock.mono() };
      measured = current;
      return {
        markOutput() {
          current.outputAt ??= clock.mono();
        },
        markEnd() {
          current.endedAt ??= clock.mono();
        },
      };
    },
    timings() {
      if (measured === undefined) return undefined;
      const { startedAt, outputAt, endedAt = clock.mono() } = measured;
      const genTotalMs = Math.round(endedAt - startedAt);
      if (outputAt === undefined) return { genTotalMs };
      const ttftMs = Math.min(Math.round(outputAt - startedAt), genTotalMs);
      return { ttftMs, decodeMs: genTotalMs - ttftMs, genTotalMs };
    },
  };
}
