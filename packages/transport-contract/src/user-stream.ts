import type { UserEvent } from '@dispatch/collab-contract';

/**
 * The next thing the user should learn. Numbers are contiguous per user within an epoch: drop what you have, come back for what is missing.
 *
 * @since 0.13.0
 */
export interface UserEventMessage {
  readonly type: 'user.event';
  /** Its number in the user's stream, from 1. */
  readonly seq: number;
  readonly event: UserEvent;
}

/**
 * A number of the user's stream whose content may no longer be seen, or was lost. It counts as received.
 *
 * @since 0.13.0
 */
export interface UserSkipMessage {
  readonly type: 'user.skip';
  readonly seq: number;
}

/**
 * Why a `?resume=` was refused. `too-old` what came next is no longer kept · `ahead` the number was never given out · `unknown-epoch` the log it counts in is
 * not this one · `malformed` it is no cursor.
 *
 * @since 0.13.0
 */
export type UserResumeReason = 'too-old' | 'ahead' | 'unknown-epoch' | 'malformed';
