/** What turns ask of models and tools. Part of `ports.ts`, which gives it out. */
import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3Usage } from '@ai-sdk/provider';
import type { ModelSource, ProviderFailure, Tool, TurnToolsContext } from '@dispatch/extension-api';

/** A model ready to be called. */
export interface ResolvedModel {
  /** Full name, `<credential>/<model>`. */
  readonly name: string;
  readonly model: LanguageModelV3;
  readonly source: ModelSource;
  /** The provider's cheapest request that makes it read a prompt. */
  warm(options: LanguageModelV3CallOptions): Promise<LanguageModelV3Usage>;
  classify(error: unknown): ProviderFailure;
}

/** All models of all credentials. */
export interface Models {
  readonly defaultModel: string;
  /** Fallbacks for conversations that name none. */
  readonly fallbackModels: readonly string[];
  /** Undefined: no such credential. Whether the model exists shows when it is called. */
  resolve(name: string): ResolvedModel | undefined;
  /** Full names; credentials that could not be asked are listed with a reason, never silently left out. */
  list(signal: AbortSignal): Promise<ModelList>;
}

export interface ModelList {
  readonly models: readonly string[];
  readonly unavailable: readonly { readonly credential: string; readonly message: string }[];
}

/** Tools a model is offered. */
export interface Tools {
  readonly all: readonly Tool[];
  byName(name: string): Tool | undefined;
  /** Those of them that a conversation's model is offered, as the extensions that take part decide. */
  offeredTo(context: TurnToolsContext): Promise<Tools>;
}
