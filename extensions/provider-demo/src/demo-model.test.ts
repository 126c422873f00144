import { readFileSync } from 'node:fs';
import type { LanguageModelV3CallOptions } from '@ai-sdk/provider';
import { createTestHost } from '@dispatch/extension-api/testing';
import { describe, expect, it } from 'vitest';
import { ask, userPrompt } from './__fixtures__/ask.ts';
import { demoProvider } from './demo-provider.ts';
import { extension } from './extension.ts';
import type { Sleep } from './sleep.ts';

const credential = { name: 'demo' };

/** A provider that takes no time, and how much it would have taken. */
function hurried() {
  let slept = 0;
  const sleep: Sleep = async (ms, signal) => {
    signal?.throwIfAborted();
    slept += ms;
  };
  const provider = demoProvider(sleep);
  return { provider, model: (name: string) => provider.languageModel(credential, name), slept: () => slept };
}

const clock: NonNullable<LanguageModelV3CallOptions['tools']> = [
  { type: 'function', name: 'current-time', description: 'time', inputSchema: { type: 'object' } },
];

describe('every demo model', () => {
  it.each(['writer', 'tools', 'fast', 'fickle'])(
    '%s says what it is, refers to the words, and how to get a real one',
    async (name) => {
      const { text } = await ask(hurried().model(name), { prompt: userPrompt('Why is the sky blue?') });
      expect(text).toContain('“Why is the sky blue?”');
      expect(text).toContain(`demo/${name}`);
      expect(text).toContain('no intelligence');
      if (name === 'writer' || name === 'fast')
        expect(text).toMatch(/ANTHROPIC_API_KEY.*OPENAI_API_KEY.*OPENAI_BASE_URL/);
    },
  );

  it('says the same to the same prompt, and something else to another', async () => {
    const say = async (words: string) =>
      (await ask(hurried().model('writer'), { prompt: userPrompt(words) })).text;
    expect(await say('one')).toBe(await say('one'));
    const [one = '', two = ''] = [await say('one'), await say('two')];
    expect(one.replace('one', '')).not.toBe(two.replace('two', ''));
  });

  it('remembers that there were earlier messages', async () => {
    const { text } = await ask(hurried().model('writer'), { prompt: userPrompt('first words', 'second') });
    expect(text).toContain('message 2 from you');
    expect(text).toContain('“first words”');
  });

  it('says the same whole as streamed', async () => {
    const prompt = userPrompt('hello');
    const whole = await hurried().model('writer').doGenerate({ prompt });
    const streamed = await ask(hurried().model('writer'), { prompt });
    expect(whole.content).toEqual([{ type: 'text', text: streamed.text }]);
    expect(whole.usage).toEqual(streamed.usage);
  });

  it('refuses a name that is none at the first call, in a word the kernel knows', async () => {
    const { provider, model } = hurried();
    for (const name of ['gpt', 'constructor', '']) {
      const asking = model(name).doStream({ prompt: userPrompt('x') });
      const failure = await Promise.resolve(asking).then(() => undefined, provider.classify);
      expect(failure).toMatchObject({ code: 'unknown-model', retryable: false });
    }
  });

  it.each([0, 1, 2, 7, 50])('writes at most %i tokens when no more are allowed', async (maxOutputTokens) => {
    const asked = await ask(hurried().model('writer'), { prompt: userPrompt('x'), maxOutputTokens });
    expect(asked.usage.outputTokens.total).toBe(maxOutputTokens);
    expect(asked.text.length).toBeLessThanOrEqual(maxOutputTokens * 4);
    expect(asked.reason).toEqual({ unified: 'length', raw: 'max_tokens' });
  });

  it('that is allowed exactly what it needs ends by itself', async () => {
    const prompt = userPrompt('x');
    const needed = (await ask(hurried().model('writer'), { prompt })).usage.outputTokens.total!;
    const at = async (maxOutputTokens: number) =>
      (await ask(hurried().model('writer'), { prompt, maxOutputTokens })).reason.unified;
    expect([await at(needed - 1), await at(needed), await at(needed + 1)]).toEqual([
      'length',
      'stop',
      'stop',
    ]);
  });
});

describe('pace', () => {
  it('writer and tools write 40 tokens a second, fast does not wait', async () => {
    for (const [name, ms] of [
      ['writer', 25],
      ['tools', 25],
      ['fast', 0],
    ] as const) {
      const { model, slept } = hurried();
      const { usage } = await ask(model(name), { prompt: userPrompt('words: 200') });
      expect(slept()).toBe(usage.outputTokens.total! * ms);
    }
  });

  it('fast lets others have their turn', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await ask(demoProvider().languageModel(credential, 'fast'), { prompt: userPrompt('words: 20000') });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(20);
  });

  it('T6: an abort ends a slow answer at once, with its reason', async () => {
    const never: Sleep = (_ms, signal) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const aborting = new AbortController();
    const model = demoProvider(never).languageModel(credential, 'writer');
    const asking = ask(model, { prompt: userPrompt('x'), abortSignal: aborting.signal });
    const reason = new Error('stopped');
    setTimeout(() => aborting.abort(reason), 5);
    await expect(asking).rejects.toBe(reason);
    await expect(ask(model, { prompt: userPrompt('x'), abortSignal: aborting.signal })).rejects.toBe(reason);
  });

  it('the real pace can be aborted too', async () => {
    const model = demoProvider().languageModel(credential, 'writer');
    // Ten seconds of words.
    const prompt = userPrompt('words: 400');
    const asking = ask(model, { prompt, abortSignal: AbortSignal.timeout(60) });
    const from = performance.now();
    await expect(asking).rejects.toThrow();
    expect(performance.now() - from).toBeLessThan(5_000);
  });
});

describe('words: N', () => {
  it.each([1, 10, 2000, 12345])('makes an answer of exactly %i words, always the same', async (count) => {
    const { model } = hurried();
    const { text, reason } = await ask(model('fast'), { prompt: userPrompt(`please words: ${count}`) });
    expect(text.trim().split(/\s+/)).toHaveLength(count);
    expect(reason.unified).toBe('stop');
    expect((await ask(model('fast'), { prompt: userPrompt(`please words: ${count}`) })).text).toBe(text);
  });

  it('none are none', async () => {
    expect((await ask(hurried().model('fast'), { prompt: userPrompt('words: 0') })).text).toBe('');
  });
});

describe('tools', () => {
  it('asks for the time once for each zone named, then answers with the results', async () => {
    const { model } = hurried();
    const prompt = userPrompt('What time is it in Europe/Berlin and Asia/Tokyo?');
    const first = await ask(model('tools'), { prompt, tools: clock });
    expect(first.reason).toEqual({ unified: 'tool-calls', raw: 'tool_calls' });
    expect(first.calls.map((call) => [call.toolName, JSON.parse(call.input)])).toEqual([
      ['current-time', { timeZone: 'Europe/Berlin' }],
      ['current-time', { timeZone: 'Asia/Tokyo' }],
    ]);
    expect(new Set(first.calls.map((call) => call.toolCallId)).size).toBe(2);

    const results = first.calls.map((call, index) => ({
      type: 'tool-result' as const,
      toolCallId: call.toolCallId,
      toolName: call.toolName,
      output:
        index === 0
          ? { type: 'text' as const, value: '2026-11-21T10:00' }
          : { type: 'error-text' as const, value: 'broken' },
    }));
    const second = await ask(model('tools'), {
      prompt: [
        ...prompt,
        { role: 'assistant', content: [{ type: 'text', text: first.text }] },
        { role: 'tool', content: results },
      ],
      tools: clock,
    });
    expect(second.calls).toEqual([]);
    expect(second.reason.unified).toBe('stop');
    expect(second.text).toContain('current-time says 2026-11-21T10:00.');
    expect(second.text).toContain('current-time failed: broken');
  });

  it('asks once without a zone when none is named', async () => {
    const { calls } = await ask(hurried().model('tools'), { prompt: userPrompt('time?'), tools: clock });
    expect(calls.map((call) => call.input)).toEqual(['{}']);
  });

  it('calls what it is told to, with the arguments it is told', async () => {
    const tools = [{ type: 'function' as const, name: 'my_tool', inputSchema: {} }];
    const prompt = userPrompt('call: my_tool {"x": [1]}');
    const { calls } = await ask(hurried().model('tools'), { prompt, tools });
    expect(calls.map((call) => [call.toolName, call.input])).toEqual([['my_tool', '{"x": [1]}']]);
  });

  it('calls nothing that is not offered', async () => {
    const { model } = hurried();
    const prompt = userPrompt('time?');
    for (const options of [{ prompt }, { prompt, tools: clock, toolChoice: { type: 'none' as const } }]) {
      const asked = await ask(model('tools'), options);
      expect(asked.calls).toEqual([]);
      expect(asked.text).toContain('nobody offers me the tool current-time');
    }
  });

  it('uses other ids for the same words later in the conversation', async () => {
    const { model } = hurried();
    const id = async (...messages: string[]) =>
      (await ask(model('tools'), { prompt: userPrompt(...messages), tools: clock })).calls[0]?.toolCallId;
    expect(await id('time?')).not.toBe(await id('time?', 'time?'));
  });
});

describe('usage', () => {
  const long = 'word '.repeat(2000);

  it('counts a token for about every four characters and caches nothing short', async () => {
    const { usage } = await ask(hurried().model('fast'), { prompt: userPrompt('x'.repeat(200)) });
    expect(usage.inputTokens.total).toBeGreaterThanOrEqual(50);
    expect(usage.inputTokens.total).toBeLessThan(64);
    expect(usage.inputTokens).toMatchObject({
      cacheRead: 0,
      cacheWrite: 0,
      noCache: usage.inputTokens.total,
    });
  });

  it('writes a long prompt to the cache and reads it when it begins the next one', async () => {
    const { model } = hurried();
    const first = (await ask(model('fast'), { prompt: userPrompt(long) })).usage.inputTokens;
    expect(first).toMatchObject({ cacheRead: 0, cacheWrite: first.total, noCache: 0 });
    const second = (await ask(model('fast'), { prompt: userPrompt(long, 'more') })).usage.inputTokens;
    expect(second.cacheRead).toBe(first.total);
    expect(second.cacheWrite).toBe(second.total! - first.total!);
    const other = (await ask(model('fast'), { prompt: userPrompt(`${long}!`) })).usage.inputTokens;
    expect(other.cacheRead).toBe(0);
    const elsewhere = (await ask(model('writer'), { prompt: userPrompt(long), maxOutputTokens: 1 })).usage;
    expect(elsewhere.inputTokens.cacheRead).toBe(0);
  });

  it('remembers only so many beginnings', async () => {
    const { model } = hurried();
    await ask(model('fast'), { prompt: userPrompt(long), maxOutputTokens: 0 });
    const many = userPrompt(long, ...Array.from({ length: 10_000 }, (_, i) => `${i}`)).slice(1);
    await ask(model('fast'), { prompt: [...userPrompt(`${long}?`), ...many], maxOutputTokens: 0 });
    const again = await ask(model('fast'), { prompt: userPrompt(long), maxOutputTokens: 0 });
    expect(again.usage.inputTokens.cacheRead).toBe(0);
  });
});

it('lists its models, or those the operator listed', async () => {
  const { provider } = hurried();
  const signal = AbortSignal.timeout(1000);
  expect(await provider.listModels(credential, signal)).toEqual(['fast', 'fickle', 'tools', 'writer']);
  expect(await provider.listModels({ ...credential, models: ['writer'] }, signal)).toEqual(['writer']);
});

it('adds exactly the provider it declares, under the version of its package', async () => {
  // The host refuses whatever the manifest does not declare.
  await createTestHost(extension).activate(extension);
  expect(extension.manifest.contributes).toEqual({ modelProviders: ['demo'] });
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(extension.manifest.version).toBe(own.version);
});
