import { createAnthropic } from '@ai-sdk/anthropic';
import type { ModelProvider } from '@dispatch/extension-api';

/** The provider `anthropic`. */
export function anthropicProvider(): ModelProvider {
  return {
    id: 'anthropic',
    listModels: async (credential) => credential.models ?? [],
    languageModel: (credential, name) =>
      createAnthropic({
        apiKey: credential.apiKey ?? '',
        baseURL: `${credential.baseUrl ?? 'https://api.anthropic.com'}/v1`,
      }).languageModel(name),
    classify: () => ({ code: 'provider-error', message: 'The provider failed.', retryable: false }),
  };
}
