import type { LanguageModelV3, LanguageModelV3StreamPart } from '@ai-sdk/provider';
import type { ModelProvider } from '@dispatch/extension-api';

/** The provider `demo`. */
export function demoProvider(): ModelProvider {
  return {
    id: 'demo',
    listModels: async () => ['fast', 'tools', 'writer'],
    languageModel: (_credential, name) => demoModel(name),
    classify: () => ({ code: 'provider-error', message: 'The demo model failed.', retryable: false }),
  };
}

function demoModel(modelId: string): LanguageModelV3 {
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 3, text: 3, reasoning: undefined },
  };
  const finishReason = { unified: 'stop', raw: 'stop' } as const;
  const text = 'I am a built-in demo model.';
  return {
    specificationVersion: 'v3',
    provider: 'demo',
    modelId,
    supportedUrls: {},
    doGenerate: async () => ({ content: [{ type: 'text', text }], finishReason, usage, warnings: [] }),
    doStream: async () => ({
      stream: new ReadableStream<LanguageModelV3StreamPart>({
        start(controller) {
          controller.enqueue({ type: 'stream-start', warnings: [] });
          controller.enqueue({ type: 'text-start', id: '0' });
          controller.enqueue({ type: 'text-delta', id: '0', delta: text });
          controller.enqueue({ type: 'text-end', id: '0' });
          controller.enqueue({ type: 'finish', finishReason, usage });
          controller.close();
        },
      }),
    }),
  };
}
