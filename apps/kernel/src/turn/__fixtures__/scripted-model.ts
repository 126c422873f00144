import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
} from '@ai-sdk/provider';
import type { ProviderFailure, ProviderFailureCode } from '@dispatch/extension-api';
import type { Clock } from '../../ports.ts';

/** One thing a scripted model does. */
export type Act =
  | { readonly text: string }
  | { readonly reasoning: string; readonly signature?: string }
  | { readonly call: string; readonly id?: string; readonly input?: string; readonly metadata?: string }
  /** A call that begins, and a piece of its arguments; it becomes one only with a `call`. */
  | { readonly callStart: string }
  | { readonly callDelta: string }
  | {
      readonly finish: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error' | 'other';
      readonly raw?: string;
    }
  | { readonly usage: readonly [input: number, output: number, cacheRead?: number, cacheWrite?: number] }
  /** An in-band error part. */
  | { readonly fail: ProviderFailureCode; readonly retryAfterMs?: number }
  /** The request itself is rejected. */
  | { readonly reject: ProviderFailureCode; readonly retryAfterMs?: number }
  | { readonly wait: number }
  /** Nothing more comes, and the model ignores its abort signal. */
  | { readonly hang: true }
  /** The request never gets an answer, and the model ignores its abort signal. */
  | { readonly hangOpen: true };

/** What one request is answered with; it ends without a terminal event unless it contains a `finish`. */
export type Script = readonly Act[];

export interface ScriptedModel extends LanguageModelV3 {
  /** The requests so far. */
  readonly requests: readonly LanguageModelV3CallOptions[];
  /** Streams that were closed from our side before they ended. */
  readonly cancelled: number;
}

/** Thrown or sent by scripted models; {@link classifyScripted} reads it back. */
export class ScriptedFailure extends Error {
  readonly failure: ProviderFailure;

  constructor(code: ProviderFailureCode, retryAfterMs?: number) {
    super(code);
    const retryable = code !== 'authentication-failed' && code !== 'provider-error';
    this.failure = {
      code,
      message: `it said ${code}`,
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  }
}

export function classifyScripted(error: unknown): ProviderFailure {
  if (error instanceof ScriptedFailure) return error.failure;
  return { code: 'provider-error', message: 'something else', retryable: false };
}

/** Answers the k-th request with the k-th script, and all later ones with the last. */
export function scriptedModel(clock: Clock, ...scripts: readonly Script[]): ScriptedModel {
  const requests: LanguageModelV3CallOptions[] = [];
  let cancelled = 0;
  return {
    specificationVersion: 'v3',
    provider: 'scripted',
    modelId: 'scripted',
    supportedUrls: {},
    requests,
    get cancelled() {
      return cancelled;
    },
    doGenerate: () => Promise.reject(new Error('not used')),
    async doStream(options) {
      const script = scripts[Math.min(requests.length, scripts.length - 1)] ?? [];
      requests.push({ ...options, prompt: structuredClone(options.prompt) });
      const [first] = script;
      if (first !== undefined && 'reject' in first)
        throw new ScriptedFailure(first.reject, first.retryAfterMs);
      if (first !== undefined && 'hangOpen' in first) return await new Promise(() => {});
      const parts = play(script, clock);
      const stream = new ReadableStream<LanguageModelV3StreamPart>({
        async pull(controller) {
          const { done, value } = await parts.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        cancel() {
          cancelled += 1;
        },
      });
      return { stream };
    },
  };
}

async function* play(script: Script, clock: Clock): AsyncGenerator<LanguageModelV3StreamPart, void> {
  yield { type: 'stream-start', warnings: [] };
  let reported = usage();
  let blocks = 0;
  for (const [index, act] of script.entries()) {
    if ('wait' in act) await clock.sleep(act.wait);
    else if ('hang' in act || 'hangOpen' in act) await new Promise(() => {});
    else if ('text' in act) yield { type: 'text-delta', id: 'text', delta: act.text };
    else if ('reasoning' in act) {
      const id = `reasoning-${blocks}`;
      yield { type: 'reasoning-delta', id, delta: act.reasoning };
      if (act.signature === undefined) continue;
      blocks += 1;
      yield { type: 'reasoning-end', id, providerMetadata: { scripted: { signature: act.signature } } };
    } else if ('call' in act) {
      const { call, id = `call_${index}`, input = '{}', metadata } = act;
      const providerMetadata = metadata === undefined ? {} : { providerMetadata: { scripted: { metadata } } };
      yield { type: 'tool-call', toolCallId: id, toolName: call, input, ...providerMetadata };
    } else if ('callStart' in act) yield { type: 'tool-input-start', id: 'c', toolName: act.callStart };
    else if ('callDelta' in act) yield { type: 'tool-input-delta', id: 'c', delta: act.callDelta };
    else if ('usage' in act) reported = usage(...act.usage);
    else if ('fail' in act) yield { type: 'error', error: new ScriptedFailure(act.fail, act.retryAfterMs) };
    else if ('finish' in act) {
      const raw = act.raw ?? (act.finish === 'other' ? undefined : act.finish);
      yield { type: 'finish', usage: reported, finishReason: { unified: act.finish, raw } };
    }
  }
}

function usage(
  input?: number,
  output?: number,
  cacheRead?: number,
  cacheWrite?: number,
): LanguageModelV3Usage {
  return {
    inputTokens: { total: input, noCache: undefined, cacheRead, cacheWrite },
    outputTokens: { total: output, text: undefined, reasoning: undefined },
  };
}
