/** Ids of the actions. Frontends that show the queue offer them for each message. */
export const MESSAGE_QUEUE_ACTIONS = {
  /** Takes an {@link EditPayload}. */
  edit: 'message-queue/edit',
  /** Takes a {@link MessagePayload}. */
  remove: 'message-queue/remove',
  /** Takes a {@link PromotePayload}, or none for the first that waits. */
  promote: 'message-queue/promote',
  /** Takes a {@link MovePayload}. */
  move: 'message-queue/move',
} as const;

/** Names a message that waits. */
export interface MessagePayload {
  readonly messageId: string;
}

/** Other words for a message. Not blank. */
export interface EditPayload extends MessagePayload {
  readonly text: string;
}

/** Sends a message now: into the running turn, or as one of its own while none runs. */
export type PromotePayload = MessagePayload;

/** Another place for a message, from 1; beyond the end: the last. */
export interface MovePayload extends MessagePayload {
  readonly position: number;
}
