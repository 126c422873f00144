/**
 * What becomes of a message that is sent while a turn runs. `steer`: the running turn reads it before its next step, or after what would have been its
 * last · `queue`: it starts the next turn.
 *
 * @since 0.14.0
 */
export type QueueMode = 'steer' | 'queue';

/**
 * A message that waits. It leaves the queue when a turn gets it, or when it is removed.
 *
 * @since 0.14.0
 */
export interface QueuedMessage {
  /** The same in the `steering` event that delivers it. */
  readonly id: string;
  readonly mode: QueueMode;
  readonly text: string;
  /** The model its turn is to ask; steered, it changes none. Null: the conversation's. */
  readonly model: string | null;
  /** User that sent it. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** When its text was changed last, epoch milliseconds. Null: never. */
  readonly editedAt: number | null;
}

/**
 * `POST /conversations/:id/queue`: steer or queue a message, or start a turn with it when none runs.
 *
 * @since 0.14.0
 */
export interface QueueMessageRequest {
  /** Not blank; kept as it is. */
  readonly message: string;
  /** Absent: `steer`. */
  readonly mode?: QueueMode;
  /** Model of the turn it starts; becomes the conversation's then. Absent: the conversation's. */
  readonly model?: string;
  /** Minted by the client; the same key twice is one message, and the second answer repeats the first. Kept 24 h. */
  readonly idempotencyKey?: string;
}

/**
 * What became of it, stored before this is sent.
 *
 * @since 0.14.0
 */
export interface QueueMessageResponse {
  readonly outcome: 'queued' | 'started';
  readonly conversationId: string;
  /** Present with `queued`. */
  readonly messageId?: string;
  /** Present with `started`. */
  readonly turnId?: string;
}

/**
 * `GET /conversations/:id/queue`
 *
 * @since 0.14.0
 */
export interface QueueResponse {
  readonly conversationId: string;
  /** In the order in which they are taken. */
  readonly messages: readonly QueuedMessage[];
  /** True: messages wait and no turn runs. They go on waiting until somebody promotes one or sends another. */
  readonly held: boolean;
}

/**
 * `PUT /conversations/:id/queue/:messageId`: edit, promote or move a message that waits. Absent fields stay as they are.
 *
 * @since 0.14.0
 */
export interface ChangeQueuedRequest {
  readonly message?: string;
  /** `steer` promotes: while no turn runs, the message starts one. */
  readonly mode?: QueueMode;
  /** Its place among those that wait, from 1; beyond the end: the last. */
  readonly position?: number;
}

/**
 * What became of it.
 *
 * @since 0.14.0
 */
export interface ChangeQueuedResponse {
  readonly outcome: 'changed' | 'started';
  readonly conversationId: string;
  readonly messageId: string;
  /** Present with `started`. */
  readonly turnId?: string;
}

/**
 * `DELETE /conversations/:id/queue/:messageId`
 *
 * @since 0.14.0
 */
export interface CancelQueuedResponse {
  readonly conversationId: string;
  readonly messageId: string;
  /** False: it did not wait here. A turn has it, somebody removed it before, or it never was. */
  readonly cancelled: boolean;
}
