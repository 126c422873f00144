/** More of the answer's text. Append `delta` to what came before in this step. */
export interface TurnTextDeltaEvent {
  readonly type: 'text-delta';
  readonly conversationId: string;
  readonly turnId: string;
  /** Never empty. May end inside a word, never inside a character. */
  readonly delta: string;
}

/** More of the model's thinking; becomes a `thinking` chunk. */
export interface TurnReasoningDeltaEvent {
  readonly type: 'reasoning-delta';
  readonly conversationId: string;
  readonly turnId: string;
  /** Never empty. May end inside a word, never inside a character. */
  readonly delta: string;
}
