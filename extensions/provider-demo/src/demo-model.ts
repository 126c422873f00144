import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3Content,
  LanguageModelV3FinishReason,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
} from '@ai-sdk/provider';
import { ProviderError } from '@dispatch/extension-api';
import { waitAsked } from './demo-script.ts';
import { type AnswerCount, fickle } from './fickle.ts';
import { type PrefixCache, tokensOf } from './prefix-cache.ts';
import { manyWords, prose, wordsAsked } from './prose.ts';
import { type ReadPrompt, readPrompt } from './read-prompt.ts';
import type { Sleep } from './sleep.ts';
import { streamOf } from './stream-of.ts';
import { type PlannedCall, toolStep } from './tool-plan.ts';

/** Names of the demo models, sorted, with the milliseconds each takes for a token. */
export const DEMO_MODELS: Readonly<Record<string, number>> = { fast: 0, fickle: 25, tools: 25, writer: 25 };

/** What a demo model is made of. */
export interface DemoSurroundings {
  readonly sleep: Sleep;
  /** Shared by all demo models of a process. */
  readonly cache: PrefixCache;
  /** Shared by all demo models of a process. */
  readonly answers: AnswerCount;
}

/** Words with the space before them, which is about how models write. */
const WORDS = /\s*\S+|\s+$/g;
/** Deltas between two breaths of a model that does not wait. */
const BREATH = 64;

type Finish = Extract<LanguageModelV3StreamPart, { type: 'finish' }>;

/** One demo model. An unknown name fails at the first call. */
export function demoModel(name: string, surroundings: DemoSurroundings): LanguageModelV3 {
  const parts = (options: LanguageModelV3CallOptions) => answerParts(name, options, surroundings);
  return {
    specificationVersion: 'v3',
    provider: 'demo',
    modelId: name,
    supportedUrls: {},
    doStream: async (options) => {
      refuseUnknown(name);
      options.abortSignal?.throwIfAborted();
      return { stream: streamOf(parts(options), options.abortSignal) };
    },
    doGenerate: async (options) => {
      refuseUnknown(name);
      let text = '';
      const calls: LanguageModelV3Content[] = [];
      let finish: Finish | undefined;
      for await (const part of parts(options)) {
        if (part.type === 'text-delta') text += part.delta;
        else if (part.type === 'tool-call') calls.push(part);
        else if (part.type === 'finish') finish = part;
      }
      if (finish === undefined) throw new Error('A demo answer always ends.');
      const { finishReason, usage } = finish;
      const content: LanguageModelV3Content[] = text === '' ? calls : [{ type: 'text', text }, ...calls];
      return { content, finishReason, usage, warnings: [] };
    },
  };
}

function refuseUnknown(name: string): void {
  if (Object.hasOwn(DEMO_MODELS, name)) return;
  const known = Object.keys(DEMO_MODELS).join(', ');
  const message = `There is no such demo model; there are ${known}.`;
  throw new ProviderError({ code: 'unknown-model', message, retryable: false });
}

/** An answer as it is written: at the model's pace, no longer than allowed. */
async function* answerParts(
  name: string,
  options: LanguageModelV3CallOptions,
  { sleep, cache, answers }: DemoSurroundings,
): AsyncGenerator<LanguageModelV3StreamPart> {
  const signal = options.abortSignal;
  const msPerToken = DEMO_MODELS[name] ?? 0;
  const input = cache.count(name, options);
  const prompt = readPrompt(options);
  const { texts, calls } = planned(name, prompt, options, answers);
  const limit = options.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  let written = 0;
  let whole = true;
  let paces = 0;
  const pace = async (tokens: number) => {
    paces += 1;
    // Also without a pace others get their turn, or nothing else in the process would move until the answer ends.
    if (msPerToken > 0 || paces % BREATH === 0) await sleep(tokens * msPerToken, signal);
    signal?.throwIfAborted();
    written += tokens;
  };

  yield { type: 'stream-start', warnings: [] };
  yield { type: 'response-metadata', modelId: name };
  yield { type: 'text-start', id: '0' };
  let waitMs = prompt.results.length === 0 ? waitAsked(prompt.asked) : 0;
  for (const text of texts) {
    for (const word of text.match(WORDS) ?? []) {
      const room = limit - written;
      const delta = tokensOf(word.length) <= room ? word : cutTo(word, room * 4);
      whole = delta === word;
      if (delta !== '') {
        await pace(tokensOf(delta.length));
        yield { type: 'text-delta', id: '0', delta };
      }
      if (!whole) break;
    }
    if (!whole) break;
    // Behind the words that say what was asked for, so that a reader knows what is waited for.
    if (waitMs > 0) await sleep(waitMs, signal);
    waitMs = 0;
  }
  yield { type: 'text-end', id: '0' };

  let called = 0;
  for (const call of calls) {
    const tokens = tokensOf(call.toolName.length + call.input.length);
    whole &&= written + tokens <= limit;
    if (!whole) break;
    yield { type: 'tool-input-start', id: call.toolCallId, toolName: call.toolName };
    await pace(tokens);
    yield { type: 'tool-input-delta', id: call.toolCallId, delta: call.input };
    yield { type: 'tool-input-end', id: call.toolCallId };
    yield { type: 'tool-call', ...call };
    called += 1;
  }

  yield { type: 'finish', finishReason: reason(whole, called), usage: usageOf(input, written) };
}

function planned(
  name: string,
  prompt: ReadPrompt,
  options: LanguageModelV3CallOptions,
  answers: AnswerCount,
): { texts: Iterable<string>; calls: readonly PlannedCall[] } {
  const count = wordsAsked(prompt.asked);
  if (count !== undefined) return { texts: manyWords(name, prompt, count), calls: [] };
  if (name === 'fickle') return { texts: fickle(prompt, answers.next(prompt.seed)), calls: [] };
  if (name !== 'tools') return { texts: prose(name, prompt), calls: [] };
  const step = toolStep(prompt, options);
  return { texts: [step.text], calls: step.calls };
}

/** At most so many units, without half a character at the end. */
function cutTo(text: string, units: number): string {
  return text.slice(0, units).replace(/[\uD800-\uDBFF]$/, '');
}

function reason(whole: boolean, called: number): LanguageModelV3FinishReason {
  if (!whole) return { unified: 'length', raw: 'max_tokens' };
  return called > 0 ? { unified: 'tool-calls', raw: 'tool_calls' } : { unified: 'stop', raw: 'stop' };
}

function usageOf(
  input: { total: number; cacheRead: number; cacheWrite: number },
  output: number,
): LanguageModelV3Usage {
  const { total, cacheRead, cacheWrite } = input;
  return {
    inputTokens: { total, noCache: total - cacheRead - cacheWrite, cacheRead, cacheWrite },
    outputTokens: { total: output, text: output, reasoning: undefined },
  };
}
