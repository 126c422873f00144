import type { TurnRow } from './ports.ts';

/** What the rest of the kernel asks of the turns that run in it. */
export interface StartTurnRequest {
  readonly userId: string;
  /** Absent: a new id is minted. */
  readonly conversationId?: string;
  /** Not empty; kept byte for byte. */
  readonly message: string;
  /** Absent: the conversation's, else the default. Present: becomes the conversation's. */
  readonly model?: string;
  /** Absent: the conversation's. Present: becomes the conversation's. */
  readonly cwd?: string;
  readonly idempotencyKey?: string;
}

export type StartTurnOutcome =
  | { readonly kind: 'started' | 'repeated'; readonly conversationId: string; readonly turnId: string }
  /** A turn of this conversation is running. */
  | { readonly kind: 'busy'; readonly conversationId: string; readonly turnId: string }
  | { readonly kind: 'key-mismatch' }
  /** The conversation belongs to somebody else. */
  | { readonly kind: 'not-found' }
  | { readonly kind: 'full' }
  /** `damaged`: stored chunks of the conversation are, and nothing damaged is sent to a model · `draining`: the kernel is shutting down. */
  | { readonly kind: 'damaged' | 'draining' };

/** What went wrong, in words a client may show. */
export interface TurnFailure {
  readonly code: string;
  readonly message: string;
  /** Whether sending the same message again may help. */
  readonly retryable: boolean;
}

/** The turns that run in this kernel. */
export interface Turns {
  start(request: StartTurnRequest): Promise<StartTurnOutcome>;
  /**
   * Goes on with a turn of an earlier start that waits for people. False: it does not wait, or may not be taken over, and is as it was.
   */
  resume(row: TurnRow): Promise<boolean>;
  /** Aborts the running turn; one that is named is only hit by its own name. Undefined: nothing to stop. */
  stop(conversationId: string, turnId?: string): Promise<string | undefined>;
  readonly runningCount: number;
  /** Ends what runs, and whatever still starts, with this failure. The seals are tried as ever. */
  fail(failure: TurnFailure): void;
  /**
   * Starts no more turns, waits up to `ms` for running ones, then aborts the rest with reason `interrupted` and seals them. Turns that wait for people are left
   * as they are, for the next start.
   */
  drain(ms: number): Promise<void>;
}
