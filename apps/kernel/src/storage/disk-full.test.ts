import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { deltaEvent } from './__fixtures__/store-data.ts';
import { stoppedClock } from './__fixtures__/store-ports.ts';
import { openTestStore, startTurn, tempDir, writeTurn } from './__fixtures__/test-store.ts';
import { storeOver } from './open-store.ts';
import { connect } from './sqlite/connection.ts';

describe('D7: a full disk', () => {
  it('D7: keeps what was, answers `full`, reads on, and writes again once there is room', async () => {
    const dataDir = tempDir();
    await (await openTestStore(dataDir)).close();
    const database = new Database(join(dataDir, 'dispatch.db'));
    const store = await storeOver(connect(database), stoppedClock());
    await writeTurn(store, 'c1', 't1', ['kept']);
    await startTurn(store, 'c2', 't2');
    const pages = Number(database.pragma('page_count', { simple: true }));
    database.pragma(`max_page_count = ${pages + 4}`);

    const big = 'x'.repeat(100_000);
    await startTurn(store, 'c1', 't3');
    const fence = { turnId: 't3', fence: store.fence };
    const chunk = { conversationId: 'c1', turnId: 't3', messageId: 'm', role: 'user' } as const;
    const appending = () =>
      store.commit({
        fence,
        plan: function* (q) {
          yield* q.sealTurn('t3', {
            sealedAt: 9,
            reason: 'stop',
            metrics: { turnId: 't3', usage: { inputTokens: 0, outputTokens: 0 }, steps: [] } as never,
          });
          return { chunks: [{ ...chunk, chunk: { type: 'text', text: big } }], result: null };
        },
      });
    expect(await appending()).toEqual({ kind: 'full' });
    expect(database.inTransaction).toBe(false);
    expect(await store.appendTurnEvents([deltaEvent('c2', 't2', 0, big)])).toBe('full');
    expect(await store.read.history('c1', { sinceSeq: 0 })).toMatchObject([{ seq: 1 }]);
    expect(await store.read.turn('t3')).toMatchObject({ state: 'running' });

    database.pragma('max_page_count = 1000000');
    expect((await appending()).kind).toBe('committed');
    expect(await store.read.history('c1', { sinceSeq: 1 })).toMatchObject([{ seq: 2 }]);
    await store.close();
  });
});
