/** What the rest of the kernel asks of the turns that run in it. */
export interface StartTurnRequest {
  readonly userId: string;
  /** Absent: a new id is minted. */
  readonly conversationId?: string;
  /** Not empty; kept byte for byte. Absent only with `regenerates`: that turn's own words. */
  readonly message?: string;
  /** A turn of the conversation that is answered once more, as another version of its beat. Absent: the message is a new one. */
  readonly regenerates?: string;
  /** Absent: the conversation's, else the default. Present: becomes the conversation's, unless it is for another version. */
  readonly model?: string;
  /** Absent: the conversation's. Present: becomes the conversation's. */
  readonly cwd?: string;
  readonly idempotencyKey?: string;
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
  /** Aborts the running turn; one that is named is only hit by its own name. Undefined: nothing to stop. */
  stop(conversationId: string, turnId?: string): Promise<string | undefined>;
  readonly runningCount: number;
  /** Ends what runs, and whatever still starts, with this failure. The seals are tried as ever. */
  fail(failure: TurnFailure): void;
  /** Starts no more turns, waits up to `ms` for running ones, then aborts the rest with reason `interrupted` and seals them. */
  drain(ms: number): Promise<void>;
}
