/** Watches a conversation: a running turn is replayed from its first event, then live ones follow; an idle one sends nothing. */
export interface ChatSubscribeMessage {
  readonly type: 'chat.subscribe';
  readonly conversationId: string;
}

/** Stops watching. Never stops the turn. Not answered. */
export interface ChatUnsubscribeMessage {
  readonly type: 'chat.unsubscribe';
  readonly conversationId: string;
}
