import type { ToolResult } from '@dispatch/extension-api';
import type { ErrorCode } from '@dispatch/transport-contract';
import type { TurnFailure } from '../ports.ts';
import type { JournalFailure } from './journal-outcome.ts';

/** Figures of one step's stream, from the monotonic clock, in whole milliseconds. */
export interface StepTimings {
  /** Absent when no text or reasoning came. */
  readonly ttftMs?: number;
  /** Absent when no text or reasoning came. */
  readonly decodeMs?: number;
  readonly genTotalMs: number;
}

/** A finished tool call. */
export interface ToolOutcome extends ToolResult {
  /** How long the tool ran. Absent when it was never run. */
  readonly durationMs?: number;
}

/** Why a turn is over and what of it is not stored yet. */
export interface TurnEnding {
  readonly reason: string;
  /** Present exactly when `reason` is `error`. */
  readonly error?: TurnFailure;
  /** Timings of a step that began and was not completed. Absent when there is none, or nobody knows. */
  readonly timings?: StepTimings;
  /** Outcomes of tool calls that finished but whose result is not stored, by call id. */
  readonly outcomes?: ReadonlyMap<string, ToolOutcome>;
}

/** Why a turn ends here without its end. `fenced`: another start of the kernel owns it · `left`: it waits for people, and the next start goes on with it. */
export type Handover = 'fenced' | 'left';

/** Thrown through a turn, and given to its abort signal, to end it where it stands. */
export class TurnStop extends Error {
  readonly ending: TurnEnding | Handover;

  constructor(ending: TurnEnding | Handover) {
    super(typeof ending === 'string' ? `a turn is handed over: ${ending}` : `turn ends: ${ending.reason}`);
    this.name = 'TurnStop';
    this.ending = ending;
  }
}

/** The kernel could not go on for a reason of its own; the log has the details. */
export const INTERNAL_FAILURE: TurnFailure = {
  code: 'internal',
  message: 'The turn failed inside the kernel.',
  retryable: true,
};

/** What is stored of the conversation or of this turn cannot be read; the log names the rows. */
export const DAMAGED_FAILURE: TurnFailure & { readonly code: ErrorCode } = {
  code: 'conversation-damaged',
  message: 'Stored parts of this conversation are damaged.',
  retryable: false,
};

export const STORAGE_FULL_FAILURE: TurnFailure = {
  code: 'storage-full',
  message: 'The disk is full; the answer could not be stored any further.',
  retryable: true,
};

export const STORE_READ_ONLY_FAILURE: TurnFailure = {
  code: 'store-read-only',
  message: 'The database is damaged; nothing more of the answer could be stored.',
  retryable: false,
};

/** How a turn ends whose events can no longer be stored. */
export function endingFor(failure: JournalFailure): TurnEnding | Handover {
  if (failure === 'fenced') return 'fenced';
  return { reason: 'error', error: failure === 'full' ? STORAGE_FULL_FAILURE : INTERNAL_FAILURE };
}
