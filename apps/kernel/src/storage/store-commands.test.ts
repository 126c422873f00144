import fc, { type AsyncCommand } from 'fast-check';
import { expect, it } from 'vitest';
import type { Store } from '../ports.ts';
import { conversationRow, deltaEvent, metricsOf, textChunk, turnRow } from './__fixtures__/store-data.ts';
import { StoreModel } from './__fixtures__/store-model.ts';
import { randomIds, type StoppedClock, stoppedClock } from './__fixtures__/store-ports.ts';
import { sealTurn, tempDir } from './__fixtures__/test-store.ts';
import { openStore } from './open-store.ts';
import { verifyChain } from './verify-chain.ts';

const CONVERSATIONS = ['c0', 'c1', 'c2'];

interface Real {
  readonly dataDir: string;
  readonly clock: StoppedClock;
  store: Store;
}

type Command = AsyncCommand<StoreModel, Real>;

/** A command that checks, after its change, that everything readable is what the model says. */
function command(name: string, run: (model: StoreModel, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      real.clock.passed = model.age;
      // The time of day goes wrong now and then, which must make no difference.
      real.clock.now = 1_800_000_000_000 + (model.turns.length % 3) * 1_000_000_000;
      await run(model, real);
      await compare(model, real);
    },
  };
}

async function compare(model: StoreModel, { store, dataDir }: Real): Promise<void> {
  const { read } = store;
  const running = model.turns.filter((turn) => turn.sealedAt === null).map(({ id }) => id);
  expect((await read.runningTurns()).map(({ id }) => id).sort()).toEqual(running.sort());
  for (const id of CONVERSATIONS) {
    expect(await read.conversation(id)).toEqual(model.conversation(id));
    const texts = model.chunks.get(id) ?? [];
    const history = await read.history(id, { sinceSeq: 0 });
    expect(history.map(({ seq, chunk }) => [seq, chunk])).toEqual(
      texts.map((text, index) => [index + 1, textChunk(text)]),
    );
    expect(verifyChain(dataDir, id)).toEqual({ head: texts.length, damaged: [] });
    const turns = model.turnsOf(id);
    expect((await read.newestTurn(id))?.id).toBe(turns.at(-1)?.id);
    const sealed = turns.filter((turn) => turn.sealedAt !== null);
    expect((await read.metrics(id)).map(({ turnId }) => turnId)).toEqual(sealed.map((turn) => turn.id));
    for (const [index, turn] of turns.entries()) {
      expect(await read.turn(turn.id)).toMatchObject({ fence: turn.fence, sealedAt: turn.sealedAt });
      const events = (await read.turnEvents(turn.id, -1)).map(({ event }) => event);
      const end = turn.sealedAt === null ? [] : [{ type: 'turn-sealed' }];
      const kept = [...turn.events.map((delta) => ({ delta })), ...end];
      expect(events).toMatchObject(turn.trimmed ? [] : kept);
      const later = (await read.turnsAfter(turn.conversationId, turn.id)).map((other) => other.id);
      expect(later).toEqual(turns.slice(index + 1).map((other) => other.id));
    }
  }
}

const start = (id: string, key: string | undefined, bodyHash: string) =>
  command(`start(${id}, ${key}, ${bodyHash})`, async (model, { store }) => {
    const turnId = `t${model.turns.length}`;
    const expiresAt = store.age() + 500;
    const known = key === undefined ? undefined : model.liveKey(key);
    const outcome = await store.commit({
      ...(key !== undefined && {
        idempotency: { principal: 'u', key, operation: 'start', bodyHash, expiresAt },
      }),
      plan: function* (q) {
        const busy = yield* q.runningTurn(id);
        // Changed before it is refused, so that a rollback that does nothing shows.
        yield* q.putConversation(conversationRow(id, { title: turnId }));
        if (busy) return { refused: true, result: busy.id };
        yield* q.insertTurn(turnRow(turnId, id, { fence: store.fence }));
        return { result: turnId };
      },
    });
    const busy = model.running(id);
    if (known && known.bodyHash !== bodyHash) expect(outcome).toEqual({ kind: 'key-mismatch' });
    else if (known) expect(outcome).toEqual({ kind: 'repeated', result: known.result });
    else if (busy) expect(outcome).toEqual({ kind: 'refused', result: busy.id });
    else {
      expect(outcome).toEqual({ kind: 'committed', result: turnId });
      model.start(id, turnId);
      if (key !== undefined) model.keys.set(key, { bodyHash, result: turnId, expiresAt });
    }
  });

const append = (ids: readonly string[], delta: string) =>
  command(`append(${ids}, ${delta})`, async (model, { store }) => {
    const turns = ids.map((id) => model.running(id)).filter((turn) => turn !== undefined);
    const batch = turns.map((turn) => deltaEvent(turn.conversationId, turn.id, turn.events.length, delta));
    const owned = turns.every((turn) => turn.fence === model.fence);
    expect(await store.appendTurnEvents(batch)).toBe(owned ? 'committed' : 'fenced');
    if (owned) for (const turn of turns) turn.events.push(delta);
  });

const seal = (id: string, texts: readonly string[]) =>
  command(`seal(${id}, ${texts.length})`, async (model, { store }) => {
    const turn = model.running(id) ?? model.turnsOf(id).at(-1);
    const owned = turn !== undefined && turn.sealedAt === null && turn.fence === model.fence;
    const outcome = await sealTurn(store, id, turn?.id ?? 'none', texts, model.age);
    expect(outcome.kind).toBe(owned ? 'committed' : 'fenced');
    if (owned) model.seal(turn, texts);
  });

const recover = () =>
  command('recover', async (model, { store }) => {
    for (const turn of model.turns.filter(({ sealedAt }) => sealedAt === null)) {
      const outcome = await store.commit({
        plan: function* (q) {
          return { result: yield* q.adoptTurn(turn.id, store.fence) };
        },
      });
      expect(outcome).toEqual({ kind: 'committed', result: true });
      turn.fence = model.fence;
    }
  });

const fail = (id: string, place: number) =>
  command(`fail(${id}, ${place})`, async (_model, { store }) => {
    const commit = store.commit({
      idempotency: { principal: 'u', key: 'failed', operation: 'start', bodyHash: 'b', expiresAt: 1e15 },
      plan: function* (q) {
        yield* q.putConversation(conversationRow(id, { title: 'never' }));
        const running = yield* q.runningTurn(id);
        if (place > 0 && running) {
          yield* q.sealTurn(running.id, { sealedAt: 1, reason: 'x', metrics: metricsOf(running.id) });
        }
        if (place > 1) yield* q.insertTurn(turnRow('never', id));
        throw new Error('planned');
      },
    });
    await expect(commit).rejects.toThrow('planned');
  });

const reopen = () =>
  command('reopen', async (model, real) => {
    const { epoch } = real.store;
    await real.store.close();
    real.store = await openStore({ dataDir: real.dataDir, clock: real.clock, ids: randomIds });
    model.fence += 1;
    expect(real.store).toMatchObject({ fence: model.fence, epoch });
  });

const passTime = (ms: number) =>
  command(`pass(${ms})`, async (model) => {
    model.age += ms;
  });

const trim = (kept: number) =>
  command(`trim(${kept})`, async (model, { store }) => {
    expect(store.age()).toBe(model.age);
    const before = model.age - kept;
    expect(await store.trim(before, model.age)).toBe(false);
    for (const turn of model.turns) {
      if (turn.sealedAt !== null && turn.sealedAt < before) turn.trimmed = true;
    }
  });

const conversation = fc.constantFrom(...CONVERSATIONS);
const text = fc.string({ unit: 'binary', maxLength: 8 });
const key = fc.option(fc.constantFrom('k0', 'k1'), { nil: undefined });

it('the store does what a plain model does, over any commands and restarts', async () => {
  const commands = fc.commands(
    [
      fc.tuple(conversation, key, fc.constantFrom('b0', 'b1')).map((args) => start(...args)),
      fc.tuple(conversation, key, fc.constant('b0')).map((args) => start(...args)),
      fc.tuple(fc.uniqueArray(conversation, { maxLength: 3 }), text).map((args) => append(...args)),
      fc.tuple(conversation, fc.array(text, { maxLength: 3 })).map((args) => seal(...args)),
      fc.tuple(conversation, fc.nat(2)).map((args) => fail(...args)),
      fc.constantFrom(100, 400).map(passTime),
      fc.constantFrom(0, 300).map(trim),
      fc.constant(0).map(recover),
      fc.constant(0).map(reopen),
    ],
    { maxCommands: 40 },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const clock = stoppedClock();
      const dataDir = tempDir();
      const real: Real = { dataDir, clock, store: await openStore({ dataDir, clock, ids: randomIds }) };
      try {
        await fc.asyncModelRun(() => ({ model: new StoreModel(), real }), sequence);
      } finally {
        await real.store.close();
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
