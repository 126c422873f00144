/**
 * Asks for a surface. Answered by `surface`, then by an `update` for each change. Repeating it sends the surface again and keeps
 * one subscription. An unknown surface is answered by `error` with that `surfaceId`.
 */
export interface SubscribeMessage {
  readonly type: 'subscribe';
  readonly surfaceId: string;
  /** The conversation to show. Absent for a surface that is the same everywhere, or when none is in focus. */
  readonly conversationId?: string;
}

/** Ends exactly this subscription. Not answered. */
export interface UnsubscribeMessage {
  readonly type: 'unsubscribe';
  readonly surfaceId: string;
  /** As it was given on `subscribe`. */
  readonly conversationId?: string;
}

/** Runs an action of a surface. Its effect shows as an `update`; a refusal is answered by `error` with that `surfaceId`. */
export interface InvokeMessage {
  readonly type: 'invoke';
  readonly surfaceId: string;
  /** From an `ActionRef` of the spec. */
  readonly actionId: string;
  /** What the field kind says: a boolean, a chosen value, a number. Absent for a button. */
  readonly payload?: unknown;
  /** The conversation to act on. Absent when none is in focus; then an action of a conversation's surface is refused. */
  readonly conversationId?: string;
}

/** What a client may send about surfaces, told apart by `type`. */
export type SurfaceClientMessage = SubscribeMessage | UnsubscribeMessage | InvokeMessage;
