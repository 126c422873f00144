import type { Tool } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { createEngine, SAY_HELLO, textOf, typesOf } from './__fixtures__/engine.ts';

const echo: Tool = {
  name: 'echo',
  description: 'Says it again',
  inputSchema: { type: 'object' },
  execute: async (input, { onOutput }) => {
    onOutput('working', 'stdout');
    return { content: JSON.stringify(input), isError: false };
  },
};

describe('a turn', () => {
  it('T1: a turn that succeeds is told in the order of the protocol and ends with one done and one turn-sealed', async () => {
    const engine = createEngine();
    const events = await engine.send({ message: 'Hi\nthere' });
    expect(typesOf(events)).toEqual([
      'user-message',
      'turn-start',
      'text-delta',
      'usage',
      'step-complete',
      'done',
      'turn-sealed',
    ]);
    expect(textOf(events)).toBe('Hello there');
    const turnId = engine.published[0]?.event.type === 'user-message' ? engine.published[0].event.turnId : '';
    expect(events.at(-2)).toMatchObject({
      type: 'done',
      turnId,
      reason: 'stop',
      usage: { inputTokens: 10, outputTokens: 2 },
      contextSize: 12,
    });
    expect(engine.store.chunks('c1').map(({ seq, role, chunk }) => [seq, role, chunk])).toEqual([
      [1, 'user', { type: 'text', text: 'Hi\nthere' }],
      [2, 'assistant', { type: 'text', text: 'Hello there' }],
    ]);
    expect(await engine.store.read.conversation('c1')).toMatchObject({
      status: 'idle',
      title: 'Hi',
      model: null,
    });
    expect(await engine.store.read.metrics('c1')).toMatchObject([
      {
        turnId,
        reason: 'stop',
        model: 'fake/one',
        contextSize: 12,
        steps: [{ stepId: `${turnId}#0`, model: 'fake/one' }],
      },
    ]);
  });

  it('tells each step: calls while it streams, then step-complete, then results in call order', async () => {
    const slow: Tool = {
      ...echo,
      name: 'slow',
      readOnly: true,
      execute: async () => {
        await engine.clock.sleep(50);
        return { content: 'late', isError: false };
      },
    };
    const engine = createEngine({
      tools: [echo, slow],
      scripts: [
        [
          { reasoning: 'I look.', signature: 'sig' },
          { text: 'Let me see' },
          { call: 'slow', id: 'a', metadata: 'm' },
          { call: 'echo', id: 'b', input: '{"x":1}' },
          { usage: [5, 5, 2] },
          { finish: 'tool-calls' },
        ],
        [{ text: 'Done' }, { usage: [20, 1, 3] }, { finish: 'stop' }],
      ],
    });
    const events = await engine.send();
    const types = typesOf(events).filter((type) => type !== 'tool-output');
    expect(types).toEqual([
      ...['user-message', 'turn-start', 'reasoning-delta', 'text-delta', 'tool-call', 'tool-call', 'usage'],
      ...[
        'step-complete',
        'tool-result',
        'tool-result',
        'text-delta',
        'usage',
        'step-complete',
        'done',
        'turn-sealed',
      ],
    ]);
    const results = events.filter((event) => event.type === 'tool-result');
    expect(results).toMatchObject([
      { toolCallId: 'a', content: 'late', isError: false, durationMs: 50 },
      { toolCallId: 'b', content: '{"x":1}', isError: false },
    ]);
    expect(events.filter(({ type }) => type === 'tool-output')).toMatchObject([
      { toolCallId: 'b', data: 'working' },
    ]);
    expect(events.at(-2)).toMatchObject({
      usage: { inputTokens: 25, outputTokens: 6, cacheReadTokens: 5 },
      contextSize: 21,
    });
    expect(engine.store.chunks('c1').map(({ role, chunk }) => [role, chunk.type])).toEqual([
      ['user', 'text'],
      ['assistant', 'thinking'],
      ['assistant', 'text'],
      ['assistant', 'tool-call'],
      ['assistant', 'tool-call'],
      ['tool', 'tool-result'],
      ['tool', 'tool-result'],
      ['assistant', 'text'],
    ]);
  });

  it('shows a model its own step with the signatures it gave, and the results right behind', async () => {
    const engine = createEngine({
      tools: [echo],
      scripts: [
        [
          { reasoning: 'hm', signature: 'sig' },
          { call: 'echo', id: 'a', metadata: 'thought' },
          { finish: 'tool-calls' },
        ],
        SAY_HELLO,
      ],
    });
    await engine.send();
    expect(engine.model.requests[0]?.tools?.map(({ name }) => name)).toEqual(['echo']);
    expect(engine.model.requests[1]?.prompt).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm', providerOptions: { scripted: { signature: 'sig' } } },
          {
            type: 'tool-call',
            toolCallId: 'a',
            toolName: 'echo',
            input: {},
            providerOptions: { scripted: { metadata: 'thought' } },
          },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'a', toolName: 'echo', output: { type: 'text', value: '{}' } },
        ],
      },
    ]);
  });

  it('sends later turns the whole history, without thinking', async () => {
    const engine = createEngine({
      scripts: [[{ reasoning: 'hm' }, { text: 'One' }, { finish: 'stop' }], SAY_HELLO],
    });
    await engine.send({ message: 'first' });
    await engine.send({ message: 'second' });
    expect(engine.model.requests[1]?.prompt).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'first' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'One' }] },
      { role: 'user', content: [{ type: 'text', text: 'second' }] },
    ]);
  });

  it('measures time to the first token and to the end with the monotonic clock', async () => {
    const engine = createEngine({
      scripts: [[{ wait: 200 }, { text: 'a' }, { wait: 300 }, { finish: 'stop' }]],
    });
    const events = await engine.send();
    expect(events.find(({ type }) => type === 'step-complete')).toMatchObject({
      ttftMs: 200,
      decodeMs: 300,
      genTotalMs: 500,
    });
    expect(events.find(({ type }) => type === 'done')).toMatchObject({ durationMs: 500 });
  });

  it('leaves usage and context size out when the provider reports nothing or nonsense', async () => {
    const engine = createEngine({ scripts: [[{ text: 'a' }, { usage: [-1, 4] }, { finish: 'stop' }]] });
    const events = await engine.send();
    expect(events.some(({ type }) => type === 'usage')).toBe(false);
    expect(events.at(-2)).not.toHaveProperty('usage');
    expect(events.at(-2)).not.toHaveProperty('contextSize');
  });

  it.each([
    [[{ text: 'a' }, { finish: 'length' }] as const, 'length'],
    [[{ text: 'a' }, { finish: 'content-filter' }] as const, 'content-filter'],
    [[{ text: 'a' }, { finish: 'other', raw: 'pause-turn' }] as const, 'pause-turn'],
  ])('ends with the reason of the provider %#', async (script, reason) => {
    const engine = createEngine({ scripts: [script] });
    expect((await engine.send()).at(-2)).toMatchObject({ type: 'done', reason });
  });
});

describe('tool calls', () => {
  it('T1: a tool that throws becomes an error result, and the turn goes on', async () => {
    const broken: Tool = {
      ...echo,
      name: 'broken',
      execute: () => Promise.reject(new Error('no such file')),
    };
    const engine = createEngine({
      tools: [broken],
      scripts: [[{ call: 'broken', id: 'a' }, { finish: 'tool-calls' }], SAY_HELLO],
    });
    const events = await engine.send();
    expect(events.find(({ type }) => type === 'tool-result')).toMatchObject({
      content: 'no such file',
      isError: true,
    });
    expect(events.at(-2)).toMatchObject({ type: 'done', reason: 'stop' });
  });

  it('T10: calls that cannot be run get an error result, and are sent back in a form every provider takes', async () => {
    const engine = createEngine({
      tools: [echo],
      scripts: [
        [
          { call: 'echo', id: 'a', input: '{"x":' },
          { call: 'nobody', id: 'b' },
          { call: 'echo', id: 'c', input: '[1]' },
          { finish: 'tool-calls' },
        ],
        SAY_HELLO,
      ],
    });
    const events = await engine.send();
    expect(events.filter(({ type }) => type === 'tool-result')).toMatchObject([
      { toolCallId: 'a', isError: true, content: 'the arguments are not valid JSON' },
      { toolCallId: 'b', isError: true, content: 'there is no tool with the name "nobody"' },
      { toolCallId: 'c', isError: true, content: 'the arguments must be a JSON object' },
    ]);
    const inputs = { a: { invalidInput: '{"x":' }, b: {}, c: { invalidInput: [1] } };
    const sent = engine.model.requests[1]?.prompt[1]?.content;
    expect(sent).toMatchObject(Object.values(inputs).map((input) => ({ input })));
    await engine.send();
    expect(engine.model.requests[2]?.prompt[1]?.content).toMatchObject(sent as object[]);
  });

  it('T10: arguments without bottom are refused, and the turn goes on', async () => {
    const input = `{"x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    const script = [{ call: 'echo', id: 'a', input }, { finish: 'tool-calls' }] as const;
    const engine = createEngine({ tools: [echo], scripts: [script, SAY_HELLO] });
    const events = await engine.send();
    expect(events.find(({ type }) => type === 'tool-result')).toMatchObject({ isError: true });
    expect(events.at(-2)).toMatchObject({ type: 'done', reason: 'stop' });
  });

  it('T10: calls that share an id are told apart, within a turn and over turns', async () => {
    const script = [{ call: 'echo', id: 'x' }, { call: 'echo', id: 'x' }, { finish: 'tool-calls' }] as const;
    const engine = createEngine({ tools: [echo], scripts: [script, SAY_HELLO, script, SAY_HELLO] });
    const events = [...(await engine.send()), ...(await engine.send())];
    const ids = events.flatMap((event) => (event.type === 'tool-call' ? [event.toolCallId] : []));
    expect(ids).toEqual(['x', 'x_2', 'x_3', 'x_4']);
    expect(events.flatMap((event) => (event.type === 'tool-result' ? [event.toolCallId] : []))).toEqual(ids);
  });

  it('runs read-only tools beside others, all others one at a time in call order', async () => {
    const log: string[] = [];
    const tool = (name: string, readOnly: boolean): Tool => ({
      ...echo,
      name,
      readOnly,
      execute: async (_, { toolCallId }) => {
        log.push(`+${toolCallId}`);
        await engine.clock.sleep(10);
        log.push(`-${toolCallId}`);
        return { content: '', isError: false };
      },
    });
    const calls = ['w', 'r', 'w', 'r'].map((call, index) => ({ call, id: `${call}${index}` }));
    const engine = createEngine({
      tools: [tool('w', false), tool('r', true)],
      scripts: [[...calls, { finish: 'tool-calls' }], SAY_HELLO],
    });
    await engine.send();
    expect(log.slice(0, 3).sort()).toEqual(['+r1', '+r3', '+w0']);
    expect(log.indexOf('-w0')).toBeLessThan(log.indexOf('+w2'));
  });

  it('starts a tool while the model still streams, but not before its call is stored', async () => {
    const seen: string[] = [];
    const watching: Tool = {
      ...echo,
      execute: async (_, { turnId }) => {
        seen.push(...engine.store.events(turnId).map(({ type }) => type));
        return { content: '', isError: false };
      },
    };
    const engine = createEngine({
      tools: [watching],
      scripts: [
        [{ call: 'echo', id: 'a' }, { wait: 1_000 }, { text: 'late' }, { finish: 'tool-calls' }],
        SAY_HELLO,
      ],
    });
    engine.store.beforeWrite = () => engine.clock.sleep(20);
    await engine.send();
    expect(seen).toEqual(['user-message', 'turn-start', 'tool-call']);
  });
});

describe('T14: a ceiling ends the turn by T1', () => {
  const always = [{ call: 'echo' }, { usage: [50, 50] }, { finish: 'tool-calls' }] as const;

  it.each([
    ['max-steps', { steps: 3 }],
    ['max-tokens', { tokens: 250 }],
    ['tool-calls', { toolCalls: 3 }],
  ] as const)('%s', async (reason, limits) => {
    const engine = createEngine({ tools: [echo], scripts: [always], limits });
    const events = await engine.send();
    expect(engine.model.requests).toHaveLength(3);
    expect(events.slice(-2)).toMatchObject([{ type: 'done', reason }, { type: 'turn-sealed' }]);
    expect(events.filter(({ type }) => type === 'tool-result')).toHaveLength(3);
  });

  it('max-bytes, in the middle of an answer without end', async () => {
    const endless = Array.from({ length: 5_000 }, () => ({ text: 'x'.repeat(100) }));
    const engine = createEngine({ scripts: [endless], limits: { storedCharacters: 10_000 } });
    const events = await engine.send();
    expect(events.at(-2)).toMatchObject({ type: 'done', reason: 'max-bytes' });
    expect(textOf(events)).toHaveLength(10_000);
    expect(engine.model.cancelled).toBe(1);
  });

  it('max-duration, whatever the provider does', async () => {
    const engine = createEngine({
      scripts: [[{ text: 'a' }, { hang: true }]],
      limits: { durationMs: 5_000 },
    });
    const events = await engine.send();
    expect(events.at(-2)).toMatchObject({ type: 'done', reason: 'max-duration', durationMs: 5_000 });
  });

  it('tool-calls, in the middle of an answer that calls without end', async () => {
    const calls = Array.from({ length: 5_000 }, () => ({ call: 'echo', id: 'x' }));
    const engine = createEngine({ tools: [echo], scripts: [calls], limits: { toolCalls: 20 } });
    const events = await engine.send();
    for (const type of ['tool-call', 'tool-result']) {
      expect(events.filter((event) => event.type === type)).toHaveLength(20);
    }
    expect(events.at(-2)).toMatchObject({ type: 'done', reason: 'tool-calls' });
    expect(engine.model.cancelled).toBe(1);
  });

  it.each([
    ['max-bytes', { callStart: 'echo' }, { callDelta: 'x'.repeat(1_000) }],
    ['tool-calls', { callStart: 'echo' }, { callStart: 'echo' }],
  ] as const)('%s, though no call ever becomes whole', async (reason, first, again) => {
    const script = [first, ...Array.from({ length: 5_000 }, () => again)];
    const engine = createEngine({ scripts: [script], limits: { storedCharacters: 100_000 } });
    const events = await engine.send();
    expect(typesOf(events)).toEqual(['user-message', 'turn-start', 'done', 'turn-sealed']);
    expect(events.at(-2)).toMatchObject({ type: 'done', reason });
    expect(engine.model.cancelled).toBe(1);
  });

  it('arguments count once, however they come', async () => {
    const input = JSON.stringify({ x: 'y'.repeat(900) });
    const call = [{ callStart: 'echo' }, { callDelta: input }, { call: 'echo', input }] as const;
    const engine = createEngine({
      tools: [echo],
      scripts: [[...call, ...call, { finish: 'tool-calls' }], SAY_HELLO],
      limits: { storedCharacters: 6_000 },
    });
    expect((await engine.send()).at(-2)).toMatchObject({ type: 'done', reason: 'stop' });
  });

  it('ten thousand calls in one step are run up to the bound, and each gets exactly one result', async () => {
    let ran = 0;
    const counting: Tool = {
      ...echo,
      execute: async () => {
        ran += 1;
        return { content: '', isError: false };
      },
    };
    const calls = Array.from({ length: 10_000 }, () => ({ call: 'echo', id: 'x' }));
    const engine = createEngine({
      tools: [counting],
      scripts: [[...calls, { finish: 'tool-calls' }], SAY_HELLO],
      limits: { toolCallsPerStep: 16, toolCalls: 10_000 },
    });
    const events = await engine.send();
    const results = events.flatMap((event) => (event.type === 'tool-result' ? [event.toolCallId] : []));
    expect(ran).toBe(16);
    expect(new Set(results).size).toBe(10_000);
    expect(results).toHaveLength(10_000);
    expect(events.at(-2)).toMatchObject({ reason: 'tool-calls' });
  });
});
