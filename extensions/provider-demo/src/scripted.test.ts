import type { LanguageModelV3CallOptions, LanguageModelV3Prompt } from '@ai-sdk/provider';
import { expect, it } from 'vitest';
import { ask, userPrompt } from './__fixtures__/ask.ts';
import { demoProvider } from './demo-provider.ts';
import type { Sleep } from './sleep.ts';

const tools: NonNullable<LanguageModelV3CallOptions['tools']> = ['write-file', 'run-command'].map((name) => ({
  type: 'function',
  name,
  inputSchema: { type: 'object' },
}));

/** A provider that takes no time; `slept` are the waits that were asked for. */
function hurried() {
  const slept: number[] = [];
  const sleep: Sleep = async (ms) => {
    if (ms >= 250) slept.push(ms);
  };
  const provider = demoProvider(sleep);
  return { slept, model: (name: string) => provider.languageModel({ name: 'demo' }, name) };
}

type Asked = Awaited<ReturnType<typeof ask>>;

/** The prompt of the next step, with what became of the calls. */
function withResults(prompt: LanguageModelV3Prompt, { text, calls }: Asked, ...results: readonly string[]) {
  const next: LanguageModelV3Prompt = [
    ...prompt,
    {
      role: 'assistant',
      content: [{ type: 'text', text }, ...calls.map((call) => ({ ...call, input: {} }))],
    },
    {
      role: 'tool',
      content: calls.map(({ toolCallId, toolName }, index) => {
        const [, refused, value = ''] = /^(!?)(.*)$/.exec(results[index] ?? '') ?? [];
        const type = refused === '!' ? ('error-text' as const) : ('text' as const);
        return { type: 'tool-result', toolCallId, toolName, output: { type, value } };
      }),
    },
  ];
  return next;
}

it('calls as often in one step as it is told, and step behind step', async () => {
  const model = hurried().model('tools');
  const prompt = userPrompt(
    'call: write-file {"path":"a"} call: write-file {"path":"b"} then call: run-command {"command":["ls"]}',
  );
  const first = await ask(model, { prompt, tools });
  expect(first.calls.map(({ toolName, input }) => [toolName, input])).toEqual([
    ['write-file', '{"path":"a"}'],
    ['write-file', '{"path":"b"}'],
  ]);
  const afterFirst = withResults(prompt, first, 'Wrote a', 'Wrote b');
  const second = await ask(model, { prompt: afterFirst, tools });
  expect(second.calls.map(({ input }) => input)).toEqual(['{"command":["ls"]}']);
  expect(second.text).toBe(
    'The tool write-file says Wrote a. The tool write-file says Wrote b. Next I ask the tool run-command.',
  );
  const ids = [...first.calls, ...second.calls].map(({ toolCallId }) => toolCallId);
  expect(new Set(ids).size).toBe(3);
  const last = await ask(model, { prompt: withResults(afterFirst, second, 'a b'), tools });
  expect(last).toMatchObject({ calls: [], reason: { unified: 'stop' } });
  expect(last.text).toContain('The tool run-command says a b.');
});

it('ST3: goes on when a call is refused, and says so', async () => {
  const model = hurried().model('tools');
  const prompt = userPrompt('call: run-command {"command":["rm"]} then call: write-file {"path":"a"}');
  const first = await ask(model, { prompt, tools });
  const refused = withResults(prompt, first, '!the person refused');
  const second = await ask(model, { prompt: refused, tools });
  expect(second.text).toBe(
    'The tool run-command failed: the person refused. I go on without it. Next I ask the tool write-file.',
  );
  expect(second.calls).toHaveLength(1);
});

it('ST2: answers what it is told while it works', async () => {
  const model = hurried().model('tools');
  const prompt = userPrompt('call: run-command {"command":["ls"]} then call: write-file {"path":"a"}');
  const first = await ask(model, { prompt, tools });
  const steered = [...withResults(prompt, first, 'a b'), ...userPrompt('call: write-file {"path":"c"}')];
  const second = await ask(model, { prompt: steered, tools });
  expect(second.calls.map(({ input }) => input)).toEqual(['{"path":"c"}']);
});

it('says why a tool that acts may be missing', async () => {
  const asked = await ask(hurried().model('tools'), { prompt: userPrompt('call: write-file {}') });
  expect(asked.text).toMatch(/nobody offers me the tool write-file.*working directory/);
});

it.each(['writer', 'tools', 'fast', 'fickle'])(
  '%s waits as long as it is told, behind its first words and once',
  async (name) => {
    const { model, slept } = hurried();
    const prompt = userPrompt('wait: 7s call: write-file {}');
    const first = await ask(model(name), { prompt, tools });
    expect(slept).toEqual([7_000]);
    if (name === 'tools') await ask(model(name), { prompt: withResults(prompt, first, 'done'), tools });
    expect(slept).toEqual([7_000]);
  },
);

it('T6: a wait ends with an abort', async () => {
  const aborting = new AbortController();
  const reason = new Error('stopped');
  const model = demoProvider().languageModel({ name: 'demo' }, 'fast');
  const asking = ask(model, { prompt: userPrompt('wait: 40s'), abortSignal: aborting.signal });
  setTimeout(() => aborting.abort(reason), 20);
  const from = performance.now();
  await expect(asking).rejects.toBe(reason);
  expect(performance.now() - from).toBeLessThan(5_000);
});

it('RG1: fickle contradicts itself when the same is asked again, and nobody else does', async () => {
  const { model } = hurried();
  const say = async (name: string, ...words: string[]) =>
    (await ask(model(name), { prompt: userPrompt(...words) })).text;
  const answers = [
    await say('fickle', 'Is it?'),
    await say('fickle', 'Is it?'),
    await say('fickle', 'Is it?'),
  ];
  expect(answers.map((text) => /my answer is (yes|no)/i.exec(text)?.[1])).toEqual(['yes', 'no', 'yes']);
  expect(answers[1]).toContain('my answer number 2 to the same words. I take back number 1');
  expect(new Set(answers).size).toBe(3);
  expect(await say('fickle', 'Is it not?')).toContain('My answer is yes');
  expect(await say('fickle', 'before', 'Is it?')).toContain('My answer is yes');
  expect(await say('writer', 'Is it?')).toBe(await say('writer', 'Is it?'));
});
