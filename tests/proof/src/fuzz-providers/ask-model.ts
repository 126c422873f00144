import type { ExtensionHost, ModelProvider, ProviderFailure } from '@dispatch/extension-api';
import { extension as anthropic } from '@dispatch/provider-anthropic';
import { extension as openaiCompatible } from '@dispatch/provider-openai-compatible';
import type { ModelFormat } from '@dispatch/testkit';
import type { Delivered } from './delivered.ts';

type Model = ReturnType<ModelProvider['languageModel']>;
type Options = Parameters<Model['doStream']>[0];
export type Part =
  Awaited<ReturnType<Model['doStream']>>['stream'] extends ReadableStream<infer P> ? P : never;

/** What came of one streamed answer. */
export interface Answered {
  readonly parts: readonly Part[];
  /** How it ended; `hung`: it did not. */
  readonly end: 'closed' | 'rejected' | 'hung';
  /** What the request or the reading was rejected with. */
  readonly reason: unknown;
  /** In the words of the provider: of the `error` part, else of the reason. Undefined: there was no failure, or it was the abort. */
  readonly failure: ProviderFailure | undefined;
  /** The provider could not even say what failed. */
  readonly unspeakable: boolean;
}

/** Models whose answers are not fetched but handed to them. */
export interface FedModels {
  ask(format: ModelFormat, answer: Delivered, signal?: AbortSignal): Promise<Answered>;
  /** Gives `fetch` back to the process. */
  close(): void;
}

const HUNG_MS = 20_000;
const HEADER = 'x-fed';

/** The models of the real extensions, with `fetch` taken over for as long as they are open. */
export async function openFedModels(): Promise<FedModels> {
  const fetchBefore = globalThis.fetch;
  const waiting = new Map<string, Delivered>();
  let count = 0;
  globalThis.fetch = async (_, init) => {
    const fed = waiting.get(new Headers(init?.headers).get(HEADER) ?? '');
    if (fed === undefined) throw new TypeError('fetch failed');
    init?.signal?.addEventListener('abort', () => fed.abort(init.signal?.reason), { once: true });
    return fed.response;
  };
  const providers = { anthropic: await providerOf(anthropic), openai: await providerOf(openaiCompatible) };
  const credential = { name: 'fed', apiKey: 'key-that-must-not-leak', baseUrl: 'http://model.test/v1' };
  return {
    ask: async (format, answer, signal) => {
      const id = String(count);
      count += 1;
      waiting.set(id, answer);
      const provider = providers[format];
      const options: Options = {
        prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
        tools: [{ type: 'function', name: 'a', inputSchema: { type: 'object' } }],
        headers: { [HEADER]: id },
        ...(signal === undefined ? {} : { abortSignal: signal }),
      };
      const answered = await read(provider, provider.languageModel(credential, 'm'), options);
      waiting.delete(id);
      return answered;
    },
    close: () => {
      globalThis.fetch = fetchBefore;
    },
  };
}

async function providerOf(extension: typeof anthropic): Promise<ModelProvider> {
  const providers: ModelProvider[] = [];
  const host: Pick<ExtensionHost, 'addModelProvider'> = {
    addModelProvider: (provider) => void providers.push(provider),
  };
  // It adds its provider and uses nothing else of a host.
  await extension.activate(host as ExtensionHost);
  const [provider] = providers;
  if (provider === undefined) throw new Error(`${extension.manifest.id} brings no provider`);
  return provider;
}

async function read(provider: ModelProvider, model: Model, options: Options): Promise<Answered> {
  const parts: Part[] = [];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'hung'>((resolve) => {
    timer = setTimeout(resolve, HUNG_MS, 'hung');
  });
  const reading = (async (): Promise<'closed'> => {
    const { stream } = await model.doStream(options);
    const reader = stream.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value);
    return 'closed';
  })();
  let end: Answered['end'] = 'rejected';
  let reason: unknown;
  try {
    end = await Promise.race([reading, late]);
  } catch (error) {
    reason = error;
  } finally {
    clearTimeout(timer);
  }
  const failed = parts.find((part) => part.type === 'error');
  const aborted = options.abortSignal?.aborted === true && reason === options.abortSignal.reason;
  const outcome = { parts, end, reason };
  if (failed === undefined && (reason === undefined || aborted))
    return { ...outcome, failure: undefined, unspeakable: false };
  try {
    return { ...outcome, failure: provider.classify(failed?.error ?? reason), unspeakable: false };
  } catch {
    return { ...outcome, failure: undefined, unspeakable: true };
  }
}
