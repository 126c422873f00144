import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3Usage } from '@ai-sdk/provider';

/** What the operator configured under one credential name. */
export interface CredentialSettings {
  /** The credential's name: the part of a model name before the first `/`. */
  readonly name: string;
  /** Absent for servers that ask for no key, and for extensions without the capability `secrets`. Never log it. */
  readonly apiKey?: string;
  /** Root of the provider's API, without a trailing slash. Absent: the provider's own default. */
  readonly baseUrl?: string;
  /** Model names the operator listed. Absent: ask the provider. */
  readonly models?: readonly string[];
}

/** The classes of provider failure the kernel acts on. They travel to clients as the `code` of an `error` event. */
export const PROVIDER_FAILURE_CODES = [
  'rate-limited',
  'quota-exhausted',
  'overloaded',
  'provider-unavailable',
  'authentication-failed',
  'request-rejected',
  'context-too-long',
  'unknown-model',
  'response-truncated',
  'response-malformed',
  'provider-stalled',
  'provider-error',
] as const;

/**
 * `rate-limited` 429 that passes · `quota-exhausted` 429 or 402 that means a spent budget · `overloaded` 529 and in-band equivalents ·
 * `provider-unavailable` 5xx, refused or broken connection · `authentication-failed` 401, 403 · `request-rejected` other 4xx ·
 * `context-too-long` the prompt exceeds the model's window · `unknown-model` 404 or a name nobody provides · `response-truncated` the stream ended
 * without its terminal event · `response-malformed` the stream cannot be parsed · `provider-stalled` silence beyond the limit ·
 * `provider-error` anything else.
 */
export type ProviderFailureCode = (typeof PROVIDER_FAILURE_CODES)[number];

/** A failure of a provider, in the kernel's words. */
export interface ProviderFailure {
  readonly code: ProviderFailureCode;
  /** One sentence for people, at most 200 characters, free of keys and of addresses. */
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** How long the provider asked to wait, in milliseconds (`Retry-After`). Absent when it did not say. */
  readonly retryAfterMs?: number;
}

/** A source of language models. One provider serves any number of credentials. */
export interface ModelProvider {
  /** Stable id that a credential names in the configuration, for example `anthropic`. */
  readonly id: string;
  /** Names of the models this credential can use, without the credential's prefix. Rejects when the provider cannot be asked. */
  listModels(credential: CredentialSettings, signal: AbortSignal): Promise<readonly string[]>;
  /** The model behind `<credential>/<name>`. Does no I/O; an unknown name fails when it is first called. */
  languageModel(credential: CredentialSettings, name: string): LanguageModelV3;
  /**
   * The cheapest request that makes the provider read a prompt, and so keep it in its cache. `options` are those of a turn: system text, messages and
   * tools must be serialised as {@link languageModel} would. Rejects as the model itself would. Absent: an answer of one token is asked for.
   */
  warm?(
    credential: CredentialSettings,
    name: string,
    options: LanguageModelV3CallOptions,
  ): Promise<LanguageModelV3Usage>;
  /** Puts an exception or an in-band `error` part of this provider's models into the kernel's words. */
  classify(error: unknown): ProviderFailure;
}
