import type { DomainEvent, TurnSealedPayload } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Store } from '../ports.ts';
import { tamper, zeroRootOf } from '../storage/__fixtures__/tamper.ts';
import { openTestStore, startTurn, tempDir } from '../storage/__fixtures__/test-store.ts';
import { createEngine, recordingLog } from './__fixtures__/engine.ts';
import { createVirtualClock } from './__fixtures__/virtual-clock.ts';
import { recoverTurns } from './recover-turns.ts';

type SealedEvent = DomainEvent<string, TurnSealedPayload>;

const told = async (store: Store) =>
  (await store.extensions.eventsAfter(0, 100)) as unknown as readonly SealedEvent[];
const namesOf = (events: readonly { readonly id: number; readonly name: string }[]) =>
  events.map(({ id, name }) => `${id} ${name}`);

const recover = (store: Store) =>
  recoverTurns({
    resume: async () => false,
    store,
    // The store is a real one and takes real moments.
    clock: systemClock,
    log: recordingLog([]),
    giveUp: new AbortController().signal,
  });

describe('domain events are gap-free and written with their commit', () => {
  it('a seal tells the turn as its row has it, metrics and all', async () => {
    const engine = createEngine();
    const turnId = await engine.begin({ userId: 'usr_else', conversationId: 'c1' });
    await engine.idle();
    const row = await engine.store.read.turn(turnId);
    expect(await told(engine.store)).toEqual([
      {
        id: 1,
        name: 'turn.sealed',
        at: expect.any(Number),
        payload: {
          conversationId: 'c1',
          turnId,
          startedBy: 'usr_else',
          model: row?.model,
          reason: 'stop',
          startedAt: row?.startedAt,
          sealedAt: row?.sealedAt,
          metrics: row?.metrics,
        },
      },
    ]);
    expect(row?.metrics?.steps).toHaveLength(1);
  });

  it.each([
    ['error', ['1 turn.sealed', '2 turn.failed']],
    ['aborted', ['1 turn.sealed']],
  ])('a turn that ends as %s tells %j', async (reason, names) => {
    const clock = createVirtualClock();
    const scripts = [[{ text: 'a' }, { wait: 1_000 }, { finish: 'stop' }]] as const;
    const engine = createEngine({ clock, scripts });
    await engine.begin({ conversationId: 'c1' });
    await clock.advance(10);
    if (reason === 'error') engine.turns.fail({ code: 'internal', message: 'x', retryable: false });
    else await engine.turns.stop('c1');
    await clock.advance(10_000);
    const events = await told(engine.store);
    expect(namesOf(events)).toEqual(names);
    for (const { payload } of events) expect(payload).toMatchObject({ reason, conversationId: 'c1' });
  });

  it('a seal that is tried again after its outcome was in doubt tells once', async () => {
    for (const moment of ['beforeWrite', 'afterWrite'] as const) {
      const engine = createEngine();
      let hasFailed = false;
      engine.onPublish = ({ event }) => {
        if (event.type !== 'step-complete') return;
        engine.store[moment] = () => {
          if (hasFailed) return;
          hasFailed = true;
          throw new Error('the connection was cut');
        };
      };
      await engine.begin();
      await engine.idle();
      expect(hasFailed).toBe(true);
      expect(namesOf(await told(engine.store))).toEqual(['1 turn.sealed']);
    }
  });

  it('T3: recovery tells each turn that an earlier start left, in the commit that seals it', async () => {
    const dataDir = tempDir();
    const earlier = await openTestStore(dataDir);
    for (const id of ['1', '2', '3']) await startTurn(earlier, `c${id}`, `t${id}`);
    await earlier.close();
    const store = await openTestStore(dataDir);
    expect(await recover(store)).toBe(3);
    expect(await recover(store)).toBe(0);
    const events = await told(store);
    expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const id of ['1', '2', '3']) {
      const own = events.filter(({ payload }) => payload.turnId === `t${id}`);
      expect(own.map(({ name }) => name)).toEqual(['turn.sealed', 'turn.failed']);
      expect(own[0]?.payload).toMatchObject({
        conversationId: `c${id}`,
        startedBy: 'usr_owner',
        model: 'demo/writer',
        reason: 'interrupted',
        startedAt: 10,
      });
    }
  });

  it.each([
    [
      'cannot be numbered',
      (dataDir: string) =>
        tamper(dataDir, `insert into head values ('domain-event', ${Number.MAX_SAFE_INTEGER})`),
    ],
    ['have lost their table', (dataDir: string) => zeroRootOf(dataDir, 'domain_event')],
  ])('T1, D9: where they %s a turn is sealed all the same, with its answer', async (_, damage) => {
    const dataDir = tempDir();
    const earlier = await openTestStore(dataDir);
    await startTurn(earlier, 'c1', 't1');
    const event = { type: 'user-message', conversationId: 'c1', turnId: 't1', text: 'Hi' } as never;
    await earlier.appendTurnEvents([{ turnId: 't1', n: 0, event }]);
    await earlier.close();
    damage(dataDir);
    const store = await openTestStore(dataDir);
    expect(await recover(store)).toBe(1);
    expect(await store.read.turn('t1')).toMatchObject({ state: 'sealed', reason: 'interrupted' });
    expect(await store.read.history('c1', { sinceSeq: 0 })).toMatchObject([{ chunk: { text: 'Hi' } }]);
  });
});
