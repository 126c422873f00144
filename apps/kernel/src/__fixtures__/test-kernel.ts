import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LanguageModelV3, LanguageModelV3StreamPart } from '@ai-sdk/provider';
import type { Extension } from '@dispatch/extension-api';
import { systemClock } from '../clock.ts';
import type { KernelConfig } from '../config.ts';
import { systemIds } from '../ids.ts';
import { type Kernel, type KernelAdapters, startKernel } from '../kernel.ts';
import type { Log } from '../ports.ts';

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export function temporaryDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'dispatch-kernel-'));
}

export function testConfig(dataDirectory: string): KernelConfig {
  return {
    dataDirectory,
    credentials: [{ name: 'test', provider: 'test' }],
    demo: false,
    defaultModel: 'test/echo',
    fallbackModels: [],
    turnLimits: {},
    extensions: { paths: [], switchedOff: [], settings: {} },
  };
}

/** A kernel over `dataDirectory` whose models are `test/echo` (answers at once) and `test/endless` (until it is stopped). */
export function startTestKernel(
  dataDirectory: string,
  config: Partial<KernelConfig> = {},
  adapters: Partial<KernelAdapters> = {},
): Promise<Kernel> {
  return startKernel(
    { ...testConfig(dataDirectory), ...config },
    {
      clock: systemClock,
      ids: systemIds,
      log: silentLog,
      extensions: [testProvider],
      reserveBytes: 4_096,
      onStoreFailed: () => undefined,
      ...adapters,
    },
  );
}

const testProvider: Extension = {
  manifest: {
    id: 'provider-test',
    name: 'Test models',
    version: '1.0.0',
    apiVersion: '*',
    contributes: { modelProviders: ['test'] },
  },
  activate: (host) =>
    host.addModelProvider({
      id: 'test',
      listModels: async (credential) => {
        if (credential.name === 'broken') throw new Error('refused with sk-canary');
        return ['echo', 'endless'];
      },
      languageModel: (_, name) => testModel(name),
      classify: () => ({ code: 'provider-error', message: 'The test model failed.', retryable: false }),
    }),
};

function testModel(modelId: string): LanguageModelV3 {
  const usage = {
    inputTokens: { total: 7, noCache: 7, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 3, text: 3, reasoning: undefined },
  };
  return {
    specificationVersion: 'v3',
    provider: 'test',
    modelId,
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('only streams')),
    doStream: async ({ abortSignal }) => ({ stream: ReadableStream.from(parts(abortSignal)) }),
  };

  async function* parts(signal: AbortSignal | undefined): AsyncGenerator<LanguageModelV3StreamPart> {
    yield { type: 'stream-start', warnings: [] };
    yield { type: 'text-start', id: '0' };
    yield { type: 'text-delta', id: '0', delta: 'Hello ' };
    while (modelId === 'endless') {
      await systemClock.sleep(10, signal);
      yield { type: 'text-delta', id: '0', delta: 'and ' };
    }
    yield { type: 'text-delta', id: '0', delta: 'world' };
    yield { type: 'text-end', id: '0' };
    yield { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage };
  }
}
