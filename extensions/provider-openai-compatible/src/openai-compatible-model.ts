import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModelV3 } from '@ai-sdk/provider';
import { type CredentialSettings, guardAnswer, possibleUsage, watchAnswer } from '@dispatch/extension-api';
import { apiRoot } from './api-root.ts';
import { openaiFormat, openaiUsage } from './openai-format.ts';

/** One model of a server that speaks the OpenAI chat format. Makes one attempt per call and keeps nothing between calls. */
export function openaiCompatibleModel(credential: CredentialSettings, name: string): LanguageModelV3 {
  const modelWith = (fetch?: typeof globalThis.fetch) =>
    createOpenAICompatible({
      name: 'openai-compatible',
      baseURL: apiRoot(credential),
      ...(credential.apiKey === undefined ? {} : { apiKey: credential.apiKey }),
      includeUsage: true,
      convertUsage: openaiUsage,
      fetch: fetch ?? ((input, init) => globalThis.fetch(input, { ...init, redirect: 'manual' })),
    }).languageModel(name);
  const { provider, modelId, supportedUrls } = modelWith();

  return {
    specificationVersion: 'v3',
    provider,
    modelId,
    supportedUrls,
    doGenerate: async (options) => {
      const answer = await modelWith().doGenerate(options);
      return { ...answer, usage: possibleUsage(answer.usage) };
    },
    doStream: async (options) => {
      const watch = watchAnswer(openaiFormat);
      const signal = options.abortSignal;
      try {
        const answer = await modelWith(watch.fetch).doStream(options);
        return { ...answer, stream: guardAnswer(answer.stream, { watch, signal, callsAtEnd: true }) };
      } catch (error) {
        throw signal?.aborted === true ? signal.reason : (watch.failure() ?? error);
      }
    },
  };
}
