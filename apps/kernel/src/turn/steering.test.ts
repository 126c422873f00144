import type { Tool } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine, typesOf } from './__fixtures__/engine.ts';
import type { Script } from './__fixtures__/scripted-model.ts';

const OWNER = { userId: 'usr_owner', conversationId: 'c1' } as const;
const steer = (engine: Engine, message: string) => engine.queue.add({ ...OWNER, message, mode: 'steer' });

/** A tool during which something is done. */
const during = (act: () => Promise<unknown>): Tool => ({
  name: 'work',
  description: 'Works',
  inputSchema: { type: 'object' },
  execute: async () => {
    await act();
    return { content: 'worked', isError: false };
  },
});

const WORK: Script = [{ text: 'I work.' }, { call: 'work', id: 'a' }, { finish: 'tool-calls' }];
const ANSWER: Script = [{ text: 'As you say.' }, { finish: 'stop' }];

const turnsOf = (engine: Engine) =>
  new Set(engine.published.map(({ event }) => ('turnId' in event ? event.turnId : undefined)));

/** What the model was asked in its k-th request, without the words of tools. */
const askedIn = (engine: Engine, request: number) =>
  engine.model.requests[request]?.prompt.map(({ role, content }) => [
    role,
    typeof content === 'string'
      ? content
      : content.flatMap((part) => ('text' in part ? [part.text] : [])).join(),
  ]);

describe('ST2: a steered message', () => {
  it('that comes while the model streams is read before the next step', async () => {
    const engine = createEngine({ tools: [during(async () => {})], scripts: [WORK, ANSWER] });
    engine.onPublish = ({ event }) => {
      if (event.type === 'text-delta' && event.delta === 'I work.') void steer(engine, 'Quickly!');
    };
    const events = await engine.send();
    expect(typesOf(events)).toEqual([
      ...['user-message', 'turn-start', 'text-delta', 'tool-call', 'step-complete', 'tool-result'],
      ...['steering', 'text-delta', 'step-complete', 'done', 'turn-sealed'],
    ]);
    expect(askedIn(engine, 1)).toEqual([
      ['user', 'Hi'],
      ['assistant', 'I work.'],
      ['tool', ''],
      ['user', 'Quickly!'],
    ]);
    expect(turnsOf(engine).size).toBe(1);
  });

  it('that comes while a tool runs is read behind its result, several in their order', async () => {
    const tool = during(async () => {
      await steer(engine, 'First');
      await engine.queue.add({ ...OWNER, message: 'Later', mode: 'queue' });
      await steer(engine, 'Second');
    });
    const engine: Engine = createEngine({ tools: [tool], scripts: [WORK, ANSWER] });
    await engine.begin();
    await engine.still();
    expect(askedIn(engine, 1)?.slice(-2)).toEqual([
      ['user', 'First'],
      ['user', 'Second'],
    ]);
    // What was queued waited for the turn's end, and then started the next.
    expect(turnsOf(engine).size).toBe(2);
    expect(askedIn(engine, 2)?.at(-1)).toEqual(['user', 'Later']);
  });

  it('that comes right before the end makes the turn go on with one more step', async () => {
    const engine = createEngine({ scripts: [[{ text: 'Hello' }, { finish: 'stop' }], ANSWER] });
    engine.onPublish = ({ event }) => {
      if (event.type === 'step-complete' && engine.model.requests.length === 1) void steer(engine, 'And?');
    };
    const events = await engine.send();
    expect(typesOf(events).slice(3)).toEqual([
      ...['step-complete', 'steering', 'text-delta', 'step-complete', 'done', 'turn-sealed'],
    ]);
    expect(turnsOf(engine).size).toBe(1);
  });

  it.each([
    ['before the turn looks for it', 'publish'],
    ['while the turn looks', 'read'],
  ] as const)('whose storing begins %s and takes long is waited for', async (_, when) => {
    const engine = createEngine({ scripts: [[{ text: 'Hello' }, { finish: 'stop' }], ANSWER] });
    let begun = false;
    const begin = () => {
      if (begun) return;
      begun = true;
      engine.store.beforeWrite = () => {
        engine.store.beforeWrite = () => {};
        return engine.clock.sleep(50);
      };
      void steer(engine, 'And?');
    };
    engine.onPublish = ({ event }) => {
      if (when === 'publish' && event.type === 'step-complete') begin();
    };
    const { queue } = engine.store.read;
    Object.assign(engine.store.read, {
      queue: async (id: string) => {
        const waiting = await queue(id);
        if (when === 'read') begin();
        return waiting;
      },
    });
    const turnId = await engine.begin();
    await engine.still();
    expect(typesOf(engine.store.events(turnId))).toContain('steering');
    expect(turnsOf(engine).size).toBe(1);
  });

  it('that comes behind the last boundary starts a turn of its own, and says so', async () => {
    const engine = createEngine({ scripts: [[{ text: 'Hello' }, { finish: 'stop' }], ANSWER] });
    let late: ReturnType<typeof steer> | undefined;
    let sealing = 0;
    engine.store.beforeWrite = () => {
      // The seal is the write behind the last step.
      if (engine.published.at(-1)?.event.type !== 'step-complete') return;
      sealing += 1;
      if (sealing === 1) late = steer(engine, 'And?');
    };
    const first = await engine.begin();
    await engine.still();
    expect(await late).toMatchObject({ kind: 'started' });
    expect(engine.store.events(first).some(({ type }) => type === 'steering')).toBe(false);
    expect(turnsOf(engine).size).toBe(2);
  });

  it('is stored as the person’s words, and later turns read it as such', async () => {
    const tool = during(() => steer(engine, 'Quickly!'));
    const engine: Engine = createEngine({ tools: [tool], scripts: [WORK, ANSWER] });
    const events = await engine.send();
    const steering = events.find(({ type }) => type === 'steering');
    const chunks = engine.store.chunks('c1');
    expect(chunks.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'assistant',
      'tool',
      'system',
      'assistant',
    ]);
    expect(chunks[4]).toMatchObject({
      chunk: { type: 'system', text: 'Quickly!', steered: true },
      messageId: Object(steering).messageId,
    });
    const before = askedIn(engine, 1);
    await engine.send({ message: 'Thanks' });
    expect(askedIn(engine, 2)?.slice(0, before?.length)).toEqual(before);
    expect(await engine.queue.of('c1')).toEqual({ messages: [], held: false });
  });

  it('waits where no further step may begin, and starts the next turn', async () => {
    const tool = during(() => steer(engine, 'Quickly!'));
    const engine: Engine = createEngine({ tools: [tool], scripts: [WORK, ANSWER], limits: { steps: 1 } });
    const turnId = await engine.begin();
    await engine.still();
    expect(engine.store.events(turnId).at(-2)).toMatchObject({ type: 'done', reason: 'max-steps' });
    expect(askedIn(engine, 1)?.at(-1)).toEqual(['user', 'Quickly!']);
    expect(turnsOf(engine).size).toBe(2);
  });

  it('is not what a filter lets a turn go on for', async () => {
    const filtered: Script = [{ text: 'I' }, { finish: 'content-filter' }];
    const engine = createEngine({ scripts: [filtered, ANSWER] });
    engine.onPublish = ({ event }) => {
      if (event.type === 'text-delta' && event.delta === 'I') void steer(engine, 'Go on!');
    };
    const turnId = await engine.begin();
    await engine.still();
    expect(typesOf(engine.store.events(turnId))).not.toContain('steering');
    expect(turnsOf(engine).size).toBe(2);
  });

  it('that cannot be stored leaves the turn as a full disk leaves it, and goes on waiting', async () => {
    const tool = during(() => steer(engine, 'Quickly!'));
    const engine: Engine = createEngine({ tools: [tool], scripts: [WORK, ANSWER] });
    engine.onPublish = ({ event }) => {
      if (event.type === 'tool-result') engine.store.full = true;
    };
    const events = engine.send();
    while (!engine.logged.includes('the disk is full: a turn cannot be sealed yet')) await engine.breath();
    engine.store.full = false;
    expect(typesOf(await events).slice(-3)).toEqual(['error', 'done', 'turn-sealed']);
    expect(await engine.queue.of('c1')).toMatchObject({ messages: [{ text: 'Quickly!' }], held: true });
  });
});
