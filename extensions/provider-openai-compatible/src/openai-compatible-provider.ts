import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { ModelProvider } from '@dispatch/extension-api';

/** The provider `openai-compatible`. */
export function openaiCompatibleProvider(): ModelProvider {
  return {
    id: 'openai-compatible',
    listModels: async (credential) => credential.models ?? [],
    languageModel: (credential, name) =>
      createOpenAICompatible({
        name: 'openai-compatible',
        ...(credential.apiKey === undefined ? {} : { apiKey: credential.apiKey }),
        baseURL: credential.baseUrl ?? 'https://api.openai.com/v1',
        includeUsage: true,
      }).languageModel(name),
    classify: () => ({ code: 'provider-error', message: 'The provider failed.', retryable: false }),
  };
}
