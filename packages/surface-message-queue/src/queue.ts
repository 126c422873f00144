/** Renderer id of the custom field. Its payload is a {@link MessageQueuePayload}. */
export const MESSAGE_QUEUE_RENDERER_ID = 'message-queue';

/** A message that waits, as people see it. */
export interface QueuedMessageItem {
  readonly id: string;
  /** `steer`: the running turn reads it before its next step · `queue`: it starts the next turn. */
  readonly mode: 'steer' | 'queue';
  /** Its words, or their beginning. */
  readonly text: string;
  /** True: the words go on. All of them are in the answer of `GET /conversations/:id/queue`. Absent otherwise. */
  readonly cut?: true;
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
export interface MessageQueuePayload {
  /** In the order in which they are taken. */
  readonly messages: readonly QueuedMessageItem[];
  /** True: messages wait, and no turn runs. They go on waiting until somebody promotes one or sends another. */
  readonly held: boolean;
}
