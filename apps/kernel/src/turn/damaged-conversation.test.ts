import { describe, expect, it } from 'vitest';
import { DamagedHistoryError } from '../storage/read-history.ts';
import { createEngine, type Engine } from './__fixtures__/engine.ts';

const send = { userId: 'usr_owner', conversationId: 'c1', message: 'again' };

/** From now on chunk 2 of every conversation is damaged; gives how often a history was read since. */
function damage(engine: Engine): () => number {
  let reads = 0;
  engine.store.read.history = async (conversationId) => {
    reads += 1;
    throw new DamagedHistoryError(conversationId, [2], []);
  };
  return () => reads;
}

describe('D9: a damaged conversation', () => {
  it('refuses a send before anything of it is stored, and no model is asked', async () => {
    const engine = createEngine();
    await engine.send();
    damage(engine);
    const { commits } = engine.store;
    const published = engine.published.length;
    expect(await engine.turns.start({ ...send, idempotencyKey: 'k1' })).toEqual({ kind: 'damaged' });
    expect(await engine.turns.start({ ...send, idempotencyKey: 'k1' })).toEqual({ kind: 'damaged' });
    expect([engine.store.commits, engine.published.length]).toEqual([commits, published]);
    expect(engine.model.requests).toHaveLength(1);
    expect(await engine.store.read.conversation('c1')).toMatchObject({ status: 'idle' });
  });

  it('tells strangers, repeats and impatient senders what they were always told, without a read', async () => {
    const engine = createEngine({ scripts: [[{ text: 'a' }, { wait: 1_000 }, { finish: 'stop' }]] });
    const turnId = await engine.begin({ idempotencyKey: 'k1' });
    const reads = damage(engine);
    expect(await engine.turns.start({ ...send, userId: 'usr_other' })).toEqual({ kind: 'not-found' });
    expect(await engine.turns.start(send)).toMatchObject({ kind: 'busy', turnId });
    expect(await engine.turns.start({ ...send, message: 'Hi', idempotencyKey: 'k1' })).toMatchObject({
      kind: 'repeated',
      turnId,
    });
    expect(reads()).toBeLessThanOrEqual(1);
    await engine.idle();
  });

  it('ends a turn that meets the damage behind its admission with the same code', async () => {
    const engine = createEngine();
    engine.onPublish = () => damage(engine);
    const turnId = await engine.begin({ conversationId: 'new' });
    await engine.idle();
    const events = engine.store.events(turnId);
    expect(events.at(-3)).toMatchObject({ type: 'error', code: 'conversation-damaged', retryable: false });
    expect(engine.model.requests).toEqual([]);
  });

  it('T4: a turn that is sealed between the read and the commit is in the prompt of the next', async () => {
    const engine = createEngine();
    await engine.send({ message: 'one' });
    const read = engine.store.read.history;
    engine.store.read.history = async (conversationId, slice) => {
      const chunks = await read(conversationId, slice);
      engine.store.read.history = read;
      await engine.send({ message: 'two' });
      return chunks;
    };
    await engine.send({ message: 'three' });
    const asked = engine.model.requests
      .at(-1)
      ?.prompt.flatMap(({ role, content }) =>
        role === 'user' ? content.map((part) => ('text' in part ? part.text : '')) : [],
      );
    expect(asked).toEqual(['one', 'two', 'three']);
  });
});
