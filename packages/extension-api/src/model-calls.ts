import type { Usage } from '@dispatch/wire';
import type { ProviderFailure } from './model-provider.ts';

/** What to warm, and on which condition. */
export interface WarmCall {
  readonly conversationId: string;
  /** `<credential>/<model>`. Absent: the one its next turn would ask. */
  readonly model?: string;
  /** Absent: the conversation's stored one. */
  readonly cwd?: string;
  /** Only while the conversation was closed so often; looked at in the last moment before the request. Absent: however often. */
  readonly closes?: number;
  /** Gives it up. Absent: only a close does. */
  readonly signal?: AbortSignal;
}

/** Why no request was made. */
export type WarmRefusal =
  | 'unknown-conversation'
  | 'no-history'
  | 'turn-running'
  | 'warm-running'
  | 'closed'
  | 'unknown-model'
  | 'conversation-damaged'
  /** The caller's own {@link WarmCall.signal} was aborted before the request. */
  | 'given-up'
  | 'draining';

/** How a warm went. */
export type WarmOutcome =
  | {
      readonly kind: 'warmed';
      readonly model: string;
      /** As far as the provider told it. `inputTokens` includes what was read from and written to the cache. */
      readonly usage: Usage;
      /** Epoch milliseconds at which the request was sent. A provider's cache lives from here. */
      readonly startedAt: number;
      /** Epoch milliseconds at which its answer was complete. */
      readonly completedAt: number;
    }
  | { readonly kind: 'refused'; readonly reason: WarmRefusal }
  /** The request was made, or tried, and failed. What it cost is not known. */
  | { readonly kind: 'failed'; readonly model: string; readonly failure: ProviderFailure };

/** Where a model comes from. */
export interface ModelSource {
  /** Id of the provider, for example `anthropic`. */
  readonly provider: string;
  /** The provider's own name of the model. */
  readonly name: string;
}

/** Calls of models outside turns. */
export interface ModelCalls {
  /**
   * Sends the request the conversation's next turn would begin with (the same system text, tools and messages) behind which stands a throw-away
   * message, through the provider's cheapest call, so that the provider keeps that prompt in its cache. It is stored, streamed and counted nowhere. One
   * at a time in a conversation, and none while a turn runs. Never rejects.
   */
  warm(call: WarmCall): Promise<WarmOutcome>;
  /** Undefined: no credential provides this model. */
  source(model: string): ModelSource | undefined;
  /** The model a conversation's next turn would ask. */
  modelOf(conversationId: string): Promise<string>;
}
