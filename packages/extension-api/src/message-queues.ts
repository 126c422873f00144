/** A message that waits for a turn of its conversation. */
export interface QueuedMessage {
  readonly id: string;
  /** `steer`: the running turn reads it before its next step · `queue`: it starts the next turn. */
  readonly mode: 'steer' | 'queue';
  readonly text: string;
  /** Model of the turn it starts. Null: the conversation's. */
  readonly model: string | null;
  /** User that sent it. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** When its text was changed last, epoch milliseconds. Null: never. */
  readonly editedAt: number | null;
}

/** What waits in a conversation. */
export interface QueuedMessages {
  /** In the order in which they are taken. */
  readonly messages: readonly QueuedMessage[];
  /** True: messages wait and no turn runs. They go on waiting until somebody promotes one or sends another. */
  readonly held: boolean;
}

/** Which message, and in whose name. */
export interface QueuedMessageRef {
  readonly userId: string;
  readonly conversationId: string;
  readonly messageId: string;
}

/** What becomes of a message that waits. What is absent stays as it is. */
export interface QueuedMessageChange extends QueuedMessageRef {
  /** Not blank. */
  readonly text?: string;
  /** `steer` promotes: while no turn runs, the message starts one. */
  readonly mode?: 'steer' | 'queue';
  /** Its place among those that wait, from 1; beyond the end: the last. */
  readonly position?: number;
}

/**
 * `changed` · `started` a turn with it · `gone` it does not wait there, or not for this user · `too-much` more would wait than may · `not-started` it is
 * changed, but no turn can be started now.
 */
export type QueuedMessageOutcome = 'changed' | 'started' | 'gone' | 'too-much' | 'not-started';

/** Messages that wait for turns. Changes are made in the name of a user, who may do no more than they could themselves. */
export interface MessageQueues {
  /** Whoever owns the conversation. */
  of(conversationId: string): Promise<QueuedMessages>;
  change(change: QueuedMessageChange): Promise<QueuedMessageOutcome>;
  /** False: it did not wait there. */
  remove(ref: QueuedMessageRef): Promise<boolean>;
}
