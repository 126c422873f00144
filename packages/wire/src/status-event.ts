/** Something worth showing about a conversation that is no part of its content. Never stored as a chunk. */
export interface StatusEvent {
  readonly type: 'status';
  readonly conversationId: string;
  /** Kebab-case; an open set. Show what you know, ignore what you do not. */
  readonly status: string;
}
