import { describe, expect, it } from 'vitest';
import { createEngine, SAY_HELLO, typesOf } from './__fixtures__/engine.ts';

const WAITING = [{ text: 'a' }, { wait: 1_000 }, { text: 'b' }, { finish: 'stop' }] as const;
const owner = { userId: 'usr_owner', message: 'Hi' };

describe('starting a turn', () => {
  it('T2: a request that is refused leaves no turn event behind', async () => {
    const engine = createEngine({ scripts: [WAITING] });
    const turnId = await engine.begin();
    const refused = [
      await engine.turns.start({ ...owner, conversationId: 'c1' }),
      await engine.turns.start({ ...owner, userId: 'usr_other', conversationId: 'c1' }),
    ];
    engine.store.full = true;
    refused.push(await engine.turns.start({ ...owner, conversationId: 'c2' }));
    engine.store.full = false;
    expect(refused).toEqual([
      { kind: 'busy', conversationId: 'c1', turnId },
      { kind: 'not-found' },
      { kind: 'full' },
    ]);
    await engine.idle();
    expect(new Set(engine.published.map(({ conversationId }) => conversationId))).toEqual(new Set(['c1']));
    expect(engine.published.filter(({ event }) => event.type === 'user-message')).toHaveLength(1);
  });

  it('T4: of parallel sends to one conversation one turn runs, the others are told which', async () => {
    const engine = createEngine({ scripts: [WAITING] });
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => engine.turns.start({ ...owner, conversationId: 'c1' })),
    );
    expect(outcomes.filter(({ kind }) => kind === 'started')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'busy')).toHaveLength(7);
    expect(new Set(outcomes.map((outcome) => 'turnId' in outcome && outcome.turnId)).size).toBe(1);
    await engine.idle();
    expect(engine.model.requests).toHaveLength(1);
  });

  it('T4: turns of one conversation are never interleaved, even when the next starts right behind the seal', async () => {
    const engine = createEngine();
    const first = await engine.begin();
    engine.store.afterWrite = async () => {
      const turn = await engine.store.read.turn(first);
      if (turn?.state !== 'sealed') return;
      engine.store.afterWrite = () => {};
      // The seal is made, but its own turn does not know yet.
      await engine.begin();
      await engine.clock.sleep(50);
    };
    await engine.idle();
    const order = engine.published.map(({ event }) => ('turnId' in event && event.turnId === first ? 1 : 2));
    expect(order).toEqual([...order].sort());
    expect(order.filter((turn) => turn === 2).length).toBe(order.length / 2);
  });

  it('D5: the same key, in parallel, later and after a restart, gives the same turn once', async () => {
    const engine = createEngine();
    const request = { ...owner, idempotencyKey: 'k1' };
    const outcomes = await Promise.all([1, 2, 3].map(() => engine.turns.start(request)));
    await engine.idle();
    outcomes.push(await engine.turns.start(request));
    const restarted = createEngine({ store: engine.store.restart() });
    outcomes.push(await restarted.turns.start(request));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual([...Array(4).fill('repeated'), 'started']);
    expect(new Set(outcomes.map((outcome) => JSON.stringify({ ...outcome, kind: '' }))).size).toBe(1);
    expect(engine.published.filter(({ event }) => event.type === 'user-message')).toHaveLength(1);
    expect(restarted.published).toEqual([]);
  });

  it('D6: the same key with another body is a mismatch', async () => {
    const engine = createEngine();
    await engine.turns.start({ ...owner, idempotencyKey: 'k1' });
    for (const other of [{ message: 'Ho' }, { conversationId: 'c9' }, { model: 'fake/two' }, { cwd: '/' }]) {
      const outcome = await engine.turns.start({ ...owner, idempotencyKey: 'k1', ...other });
      expect(outcome).toEqual({ kind: 'key-mismatch' });
    }
    expect((await engine.turns.start({ ...owner, userId: 'usr_other', idempotencyKey: 'k1' })).kind).toBe(
      'started',
    );
    await engine.idle();
  });

  it('a key that met a running turn can be used again', async () => {
    const engine = createEngine();
    await engine.begin();
    const request = { ...owner, conversationId: 'c1', idempotencyKey: 'k1' };
    expect((await engine.turns.start(request)).kind).toBe('busy');
    await engine.idle();
    expect((await engine.turns.start(request)).kind).toBe('started');
    await engine.idle();
  });

  it('model and working directory stick to the conversation; the title comes from its first message', async () => {
    const engine = createEngine();
    await engine.send({ message: `\n  ${'😀'.repeat(100)}\nmore`, model: 'nobody/x', cwd: '/tmp' });
    const events = await engine.send({ message: 'second' });
    expect(events[1]).toMatchObject({ type: 'turn-start', model: 'nobody/x' });
    expect(await engine.store.read.conversation('c1')).toMatchObject({
      title: '😀'.repeat(80),
      model: 'nobody/x',
      cwd: '/tmp',
    });
  });

  it('D3: nothing is published before the commit that holds it, and everything in order', async () => {
    const engine = createEngine();
    engine.onPublish = ({ n, event }) => {
      const turnId = 'turnId' in event ? (event.turnId ?? '') : '';
      expect(engine.store.events(turnId)[n]).toEqual(event);
    };
    const events = await engine.send();
    expect(engine.published.map(({ n }) => n)).toEqual(events.map((_, n) => n));
    expect(engine.logged).toEqual([]);
  });
});

describe('stopping', () => {
  it('a stop that names another turn hits nothing', async () => {
    const engine = createEngine({ scripts: [WAITING] });
    const turnId = await engine.begin();
    expect(await engine.turns.stop('c1', 'trn_other')).toBeUndefined();
    expect(await engine.turns.stop('c2')).toBeUndefined();
    await engine.idle();
    expect(engine.store.events(turnId).at(-2)).toMatchObject({ reason: 'stop' });
    expect(await engine.turns.stop('c1')).toBeUndefined();
  });

  it('a stop that comes when the turn is over does not claim to have stopped it', async () => {
    const engine = createEngine();
    let stopped: Promise<string | undefined> | undefined;
    engine.onPublish = ({ event }) => {
      if (event.type === 'done') stopped = engine.turns.stop('c1');
    };
    await engine.send();
    expect(stopped).toBeDefined();
    expect(await stopped).toBeUndefined();
  });
});

describe('draining', () => {
  it('waits for running turns, starts no more, and seals the rest as interrupted', async () => {
    const engine = createEngine({ scripts: [WAITING, [{ text: 'a' }, { hang: true }]] });
    const quick = await engine.begin();
    const stuck = await engine.begin({ conversationId: 'c2' });
    const drained = engine.turns.drain(5_000);
    expect(await engine.turns.start(owner)).toEqual({ kind: 'draining' });
    await drained;
    expect(engine.turns.runningCount).toBe(0);
    expect(engine.store.events(quick).at(-2)).toMatchObject({ reason: 'stop' });
    expect(engine.store.events(stuck).at(-2)).toMatchObject({ reason: 'interrupted' });
    expect(typesOf(engine.store.events(stuck))).not.toContain('error');
  });

  it('takes along a turn that was being admitted', async () => {
    const engine = createEngine({ scripts: [SAY_HELLO] });
    const starting = engine.begin();
    await engine.turns.drain(5_000);
    expect(engine.store.events(await starting).at(-1)).toMatchObject({ type: 'turn-sealed' });
  });

  it('does not wait for ever for a seal that cannot be made', async () => {
    const engine = createEngine({ scripts: [[{ text: 'a' }, { hang: true }]] });
    await engine.begin();
    engine.store.full = true;
    await engine.turns.drain(1_000);
    expect(engine.clock.mono()).toBeLessThan(10_000);
    await engine.idle();
    expect(engine.clock.armed).toBe(0);
  });
});
