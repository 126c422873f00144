import { createAnthropic } from '@ai-sdk/anthropic';
import type { LanguageModelV3, LanguageModelV3CallOptions } from '@ai-sdk/provider';
import {
  type CredentialSettings,
  guardAnswer,
  possibleUsage,
  watchAnswer,
  watchedCalls,
} from '@dispatch/extension-api';
import { anthropicFormat } from './anthropic-format.ts';
import { apiRoot } from './api-root.ts';

/** One model of Anthropic. Makes one attempt per call and keeps nothing between calls. */
export function anthropicModel(credential: CredentialSettings, name: string): LanguageModelV3 {
  const calls = watchedCalls();
  const model = createAnthropic({
    // An empty key keeps the library from looking for one in the environment.
    apiKey: credential.apiKey ?? '',
    baseURL: apiRoot(credential),
    fetch: calls.fetch,
  }).languageModel(name);
  const { provider, modelId, supportedUrls } = model;

  return {
    specificationVersion: 'v3',
    provider,
    modelId,
    supportedUrls,
    doGenerate: async (options) => {
      const answer = await model.doGenerate(cached(options));
      return { ...answer, usage: possibleUsage(answer.usage) };
    },
    doStream: async (options) => {
      const format = anthropicFormat();
      const watch = watchAnswer(format);
      const signal = options.abortSignal;
      try {
        const answer = await calls.run(watch, (headers) =>
          model.doStream(cached({ ...options, headers: { ...options.headers, ...headers } })),
        );
        return { ...answer, stream: guardAnswer(answer.stream, { watch, signal, usage: format.told }) };
      } catch (error) {
        watch.close();
        throw signal?.aborted === true ? signal.reason : error;
      }
    },
  };
}

/** Asks for a cache breakpoint behind the last block, which the API moves along by itself, unless the call says otherwise. */
function cached(options: LanguageModelV3CallOptions): LanguageModelV3CallOptions {
  const anthropic = { cacheControl: { type: 'ephemeral' }, ...options.providerOptions?.['anthropic'] };
  return { ...options, providerOptions: { ...options.providerOptions, anthropic } };
}
