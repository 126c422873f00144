import type { UserEvent } from '@dispatch/collab-contract';

/** Something users should learn. */
export interface UserEventDraft {
  /** User ids, as they are after the change; read inside the plan. Empty: nobody, and nothing is written. */
  readonly audience: readonly string[];
  readonly event: UserEvent;
}

/** An event as it was written: each of its audience with its number in their stream. */
export interface WrittenUserEvent {
  readonly to: readonly (readonly [userId: string, seq: number])[];
  readonly event: UserEvent;
}

/** A part of a user's stream, of one moment. */
export interface UserEventSlice {
  /** Newest number given out; 0 before the first. */
  readonly head: number;
  /** The last number that is no longer kept; 0: all are. */
  readonly floor: number;
  /** Numbers without a gap from the one asked for; none when that is below the floor or there is nothing. Null: lost or damaged. */
  readonly events: readonly { readonly seq: number; readonly event: UserEvent | null }[];
}
