import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModelV3 } from '@ai-sdk/provider';
import {
  type CredentialSettings,
  guardAnswer,
  possibleUsage,
  watchAnswer,
  watchedCalls,
} from '@dispatch/extension-api';
import { apiRoot } from './api-root.ts';
import { openaiFormat, openaiUsage } from './openai-format.ts';

/** One model of a server that speaks the OpenAI chat format. Makes one attempt per call and keeps nothing between calls. */
export function openaiCompatibleModel(credential: CredentialSettings, name: string): LanguageModelV3 {
  const calls = watchedCalls();
  const model = createOpenAICompatible({
    name: 'openai-compatible',
    baseURL: apiRoot(credential),
    ...(credential.apiKey === undefined ? {} : { apiKey: credential.apiKey }),
    includeUsage: true,
    convertUsage: openaiUsage,
    fetch: calls.fetch,
  }).languageModel(name);
  const { provider, modelId, supportedUrls } = model;

  return {
    specificationVersion: 'v3',
    provider,
    modelId,
    supportedUrls,
    doGenerate: async (options) => {
      const answer = await model.doGenerate(options);
      return { ...answer, usage: possibleUsage(answer.usage) };
    },
    doStream: async (options) => {
      const watch = watchAnswer(openaiFormat);
      const signal = options.abortSignal;
      try {
        const answer = await calls.run(watch, (headers) =>
          model.doStream({ ...options, headers: { ...options.headers, ...headers } }),
        );
        return { ...answer, stream: guardAnswer(answer.stream, { watch, signal, callsAtEnd: true }) };
      } catch (error) {
        watch.close();
        throw signal?.aborted === true ? signal.reason : error;
      }
    },
  };
}
