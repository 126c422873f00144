import type { Usage } from '@dispatch/wire';

/** What one turn may use up, and how patient it is. */
export interface TurnLimits {
  /** Steps of one turn; reaching it ends the turn with reason `max-steps`. */
  readonly steps: number;
  /** Input and output tokens over all steps; no further step is begun behind it: `max-tokens`. */
  readonly tokens: number;
  /** Wall time of the whole turn: `max-duration`. */
  readonly durationMs: number;
  /** Characters of the turn's stored events: `max-bytes`. */
  readonly storedCharacters: number;
  /** Tool calls over all steps; no further step is begun behind it, and one call more ends the turn at once: reason `tool-calls`. */
  readonly toolCalls: number;
  /** Tool calls of one step that are run; those beyond it get an error result. */
  readonly toolCallsPerStep: number;
  /** Characters of one tool call's arguments; longer ones are refused with an error result. */
  readonly toolInputCharacters: number;
  /** Characters of one tool result; the rest is cut off and said so. */
  readonly toolResultCharacters: number;
  /** How often a model is asked again before its first byte, before the next model is tried. */
  readonly retries: number;
  /** Upper bound of the first random wait before a retry; doubles with each one. */
  readonly retryBaseMs: number;
  /** Longest wait a provider can ask for. */
  readonly retryAfterCapMs: number;
  /** Silence before the first byte that counts as a stall. */
  readonly firstByteMs: number;
  /** Silence between two bytes that counts as a stall. */
  readonly idleMs: number;
}

const DEFAULT_TURN_LIMITS: TurnLimits = {
  steps: 50,
  tokens: 10_000_000,
  durationMs: 3_600_000,
  storedCharacters: 32_000_000,
  toolCalls: 1_000,
  toolCallsPerStep: 64,
  toolInputCharacters: 1_000_000,
  toolResultCharacters: 400_000,
  retries: 2,
  retryBaseMs: 1_000,
  retryAfterCapMs: 60_000,
  firstByteMs: 120_000,
  idleMs: 60_000,
};

/** What an operator set; an absent or undefined limit keeps its default. */
export type TurnLimitSettings = { readonly [Limit in keyof TurnLimits]?: number | undefined };

export function turnLimits(settings: TurnLimitSettings = {}): TurnLimits {
  const set = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_TURN_LIMITS, ...Object.fromEntries(set) };
}

/** `done.reason` of a turn that reached a ceiling. */
export type CeilingReason = 'max-steps' | 'max-tokens' | 'max-duration' | 'max-bytes' | 'tool-calls';

/** Counts what a turn uses up. */
export interface Ceilings {
  /** Counts text that is about to be stored. False: it no longer fits and must not be stored. */
  admit(characters: number): boolean;
  /** Whether so much more text would still fit. Counts nothing. */
  hasRoomFor(characters: number): boolean;
  addUsage(usage: Usage): void;
  addToolCall(): void;
  /** Whether so many more calls are still allowed. Counts nothing. */
  hasRoomForCalls(calls: number): boolean;
  /** Why the step with this index must not begin. Undefined: it may. */
  beforeStep(index: number): CeilingReason | undefined;
}

export function createCeilings(limits: TurnLimits): Ceilings {
  let characters = 0;
  let tokens = 0;
  let toolCalls = 0;
  const hasRoomFor = (more: number) => characters + more <= limits.storedCharacters;
  return {
    admit(more) {
      if (!hasRoomFor(more)) return false;
      characters += more;
      return true;
    },
    hasRoomFor,
    addUsage(usage) {
      tokens += usage.inputTokens + usage.outputTokens;
    },
    addToolCall() {
      toolCalls += 1;
    },
    hasRoomForCalls: (more) => toolCalls + more <= limits.toolCalls,
    beforeStep(index) {
      if (index >= limits.steps) return 'max-steps';
      if (tokens >= limits.tokens) return 'max-tokens';
      if (toolCalls >= limits.toolCalls) return 'tool-calls';
      return undefined;
    },
  };
}
