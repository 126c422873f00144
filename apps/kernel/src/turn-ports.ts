import type { IdempotencyKey, TurnRow } from './ports.ts';

/** What the rest of the kernel asks of the turns that run in it. */
export interface StartTurnRequest {
  readonly userId: string;
  /** Absent: a new id is minted. */
  readonly conversationId?: string;
  /** Not empty; kept byte for byte. Absent with `regenerates`: that turn's own words. Not looked at with `queued`. */
  readonly message?: string;
  /** A turn of the conversation that is answered once more, as another version of its beat. Absent: the message is a new one. */
  readonly regenerates?: string;
  /** A message of the conversation that waits, by its id, or the `next` one: the turn starts with it instead, and it waits no more. Absent: none. */
  readonly queued?: string;
  /** Absent: the conversation's, else the default. Present: becomes the conversation's, unless it is for another version. */
  readonly model?: string;
  /** Absent: the conversation's. Present: becomes the conversation's. */
  readonly cwd?: string;
  readonly idempotencyKey?: string;
  /** The key of an operation that may start a turn and may do something else; stands in for `idempotencyKey`. */
  readonly idempotency?: IdempotencyKey;
}

export type StartTurnOutcome =
  | {
      readonly kind: 'started' | 'repeated';
      readonly conversationId: string;
      readonly turnId: string;
      /** Absent: it answers a new message. */
      readonly version?: StartedVersion;
    }
  /** A turn of this conversation is running. */
  | { readonly kind: 'busy'; readonly conversationId: string; readonly turnId: string }
  /** The message named by `queued` does not wait any more. */
  | { readonly kind: 'not-queued' }
  | { readonly kind: 'key-mismatch' }
  /** The conversation belongs to somebody else, or has no such turn. */
  | { readonly kind: 'not-found' }
  | { readonly kind: 'full' }
  /** `damaged`: stored chunks of the conversation are, and nothing damaged is sent to a model · `draining`: the kernel is shutting down. */
  | { readonly kind: 'damaged' | 'draining' };

/** Which version of which beat was started. */
export interface StartedVersion {
  readonly beatId: string;
  readonly version: number;
  /** The turn that is shown until it has said something. */
  readonly supersedes: string;
}

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
  /** Makes a write that may steer into the running turn: see `Steering.entering`. */
  entering<T>(conversationId: string, write: () => Promise<T>): Promise<T>;
  /**
   * Resolves when the newest turn of a conversation is over and what waits behind it has started, or is held. Undefined: that is so already. To be asked for before
   * one looks whether a turn runs, and awaited where none does.
   */
  goingOn(conversationId: string): Promise<void> | undefined;
  readonly runningCount: number;
  /** Ends what runs, and whatever still starts, with this failure. The seals are tried as ever. */
  fail(failure: TurnFailure): void;
  /**
   * Starts no more turns, waits up to `ms` for running ones, then aborts the rest with reason `interrupted` and seals them. Turns that wait for people are left
   * as they are, for the next start.
   */
  drain(ms: number): Promise<void>;
}
