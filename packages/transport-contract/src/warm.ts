/** `POST /chat/warm`: read the conversation's prompt into the provider's cache without a turn. Nothing is stored or streamed. */
export interface WarmRequest {
  /** Not empty. */
  readonly conversationId: string;
  /** `<credential>/<model>`. Absent: the backend decides. */
  readonly model?: string;
  /** Absent: the conversation's stored one. */
  readonly cwd?: string;
}

/** What the provider reported. Counts it does not report are 0. */
export interface WarmResponse {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Whole percent of the input that came from the cache; 0 without input. */
  readonly cachePct: number;
  /** Whole percent of the cacheable input that came from the cache: read ÷ (read + write); 0 without either. */
  readonly expectedCacheRate: number;
}
