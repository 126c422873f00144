import type { TurnReplacedMessage } from '@dispatch/transport-contract';
import type { ChatCursor, ChatReset } from './subscription-book.ts';
import type { UserPosition } from './user-stream.ts';

export interface ConnectOptions {
  /** Everything the server sent that this version does not know; each also counts in `unknownFrames`. */
  readonly onUnknown?: (frame: unknown) => void;
  /** Refusals that belong to no send, and what callbacks throw. Absent: what callbacks throw shows as uncaught. */
  readonly onError?: (error: unknown) => void;
  /** Where the user's stream stopped earlier. Absent: it begins with what happens next. */
  readonly resume?: UserPosition;
}

export interface SubscribeOptions {
  /** The turn `after` counts in; absent: the newest. */
  readonly turnId?: string;
  /** Index of the last event already seen; -1: none of that turn. Absent: a running turn from its start, then live. */
  readonly after?: number;
  /** What was given so far may be incomplete: read the history again. */
  readonly onReset?: (reset: ChatReset) => void;
  /**
   * Another version of one of its beats is shown: swap it, as `replaceTurn` does. Told when a regenerate begins, when it is settled, and when somebody chose; more than once
   * for the same.
   */
  readonly onReplaced?: (replaced: TurnReplacedMessage) => void;
}

export interface ChatSubscription {
  /** Where it stands: what to pass to `subscribe` later to go on; undefined before the first numbered event. */
  readonly cursor: ChatCursor | undefined;
  unsubscribe(): void;
}

/** The cursor that the options of a subscription name. */
export function cursorOf({ turnId, after }: SubscribeOptions): ChatCursor | undefined {
  if (turnId === undefined) return after === undefined ? undefined : { after };
  return { turnId, after: after ?? -1 };
}
