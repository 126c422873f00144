import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../turn/__fixtures__/virtual-clock.ts';
import { holdDatabase } from './__fixtures__/hold-database.ts';
import { conversationRow, deltaEvent } from './__fixtures__/store-data.ts';
import { stoppedClock } from './__fixtures__/store-ports.ts';
import { openTestStore, startTurn, tempDir } from './__fixtures__/test-store.ts';
import { storeOver } from './open-store.ts';
import type { Room } from './room.ts';
import { connect } from './sqlite/connection.ts';
import { StoreBusyError } from './while-busy.ts';

/** Room as a test wants it. */
function fakeRoom(): { -readonly [Key in keyof Room]: Room[Key] } & { spent: number; hasRoom: boolean } {
  const room = {
    isKept: true,
    hasRoom: true,
    spent: 0,
    regain: async () => {
      room.isKept ||= room.hasRoom;
      return room.isKept;
    },
    spend: () => {
      room.spent += 1;
      const had = room.isKept;
      room.isKept = false;
      return had;
    },
    close: () => undefined,
  };
  return room;
}

async function openOver(clock = stoppedClock(), room = fakeRoom()) {
  const dataDir = tempDir();
  await (await openTestStore(dataDir)).close();
  const path = join(dataDir, 'dispatch.db');
  const database = new Database(path, { timeout: 0 });
  onTestFinished(() => void database.close());
  const connection = connect(database);
  const reopen = () => storeOver(connection, clock, { room });
  return { path, database, connection, room, reopen, store: await reopen() };
}

const sealing = (fence: number, turnId: string, text = 'x') => ({
  seals: true,
  fence: { turnId, fence },
  // biome-ignore lint/correctness/useYield: nothing but events.
  *plan() {
    return { result: null, turnEvents: [deltaEvent('c1', turnId, 0, text)] };
  },
});
const put = (id: string) => ({
  *plan(q: Parameters<Parameters<Awaited<ReturnType<typeof openTestStore>>['commit']>[0]['plan']>[0]) {
    yield* q.putConversation(conversationRow(id));
    return { result: null };
  },
});

describe('D8: without the reserve', () => {
  it('D8: only what ends a turn is written, until the reserve is there again', async () => {
    const { store, room } = await openOver();
    await startTurn(store, 'c1', 't1');
    Object.assign(room, { isKept: false, hasRoom: false });
    expect(await store.commit(put('c2'))).toEqual({ kind: 'full' });
    expect(await store.appendTurnEvents([deltaEvent('c1', 't1', 0)])).toBe('full');
    expect(await store.trim(9, 9)).toBe(false);
    expect(await store.read.conversation('c2')).toBeUndefined();
    expect((await store.commit(sealing(store.fence, 't1'))).kind).toBe('committed');
    room.hasRoom = true;
    expect((await store.commit(put('c2'))).kind).toBe('committed');
  });

  it('D5, D8: what needs no write is answered all the same', async () => {
    const { store, room } = await openOver();
    const idempotency = { principal: 'u', key: 'k', operation: 'o', bodyHash: 'b', expiresAt: 2 ** 50 };
    const asked = { ...put('c1'), idempotency };
    expect((await store.commit(asked)).kind).toBe('committed');
    Object.assign(room, { isKept: false, hasRoom: false });
    expect(await store.commit(asked)).toEqual({ kind: 'repeated', result: null });
    expect((await store.commit({ ...asked, idempotency: { ...idempotency, bodyHash: 'c' } })).kind).toBe(
      'key-mismatch',
    );
    expect((await store.commit({ ...asked, idempotency: { ...idempotency, key: 'l' } })).kind).toBe('full');
  });

  it('D8: a seal that finds no room spends the reserve and is made; a request is refused', async () => {
    const { store, room, database } = await openOver();
    await startTurn(store, 'c1', 't1');
    const full = () => database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`);
    const spend = room.spend;
    full();
    const long = 'x'.repeat(50_000);
    expect(await store.appendTurnEvents([deltaEvent('c1', 't1', 0, long)])).toBe('full');
    expect([room.spent, room.isKept]).toEqual([1, false]);
    room.isKept = true;
    room.spend = () => {
      database.pragma('max_page_count = 1000000');
      return spend('');
    };
    const sealed = await store.commit(sealing(store.fence, 't1', long));
    expect([sealed.kind, room.spent]).toEqual(['committed', 2]);
  });

  it('D8: a start on a full disk can be read from, and is counted with its first write', async () => {
    const { store, room, database, reopen } = await openOver();
    await startTurn(store, 'c1', 't1');
    const counter = database.prepare("select value from meta where key = 'boot-counter'").pluck();
    const before = Number(counter.get());
    let isFull = true;
    const prepare = database.prepare.bind(database);
    database.prepare = ((sql: string) => {
      const statement = prepare(sql);
      const run = statement.run.bind(statement);
      statement.run = (...values: unknown[]) => {
        if (isFull && sql.startsWith('update meta')) throw new Database.SqliteError('full', 'SQLITE_FULL');
        return run(...values);
      };
      return statement;
    }) as typeof database.prepare;
    room.hasRoom = false;
    const next = await reopen();
    expect([next.fence, Number(counter.get()), room.isKept]).toEqual([before + 1, before, false]);
    expect(await next.read.turn('t1')).toMatchObject({ state: 'running' });
    expect(await next.commit(put('c2'))).toEqual({ kind: 'full' });
    isFull = false;
    room.hasRoom = true;
    expect((await next.commit(put('c2'))).kind).toBe('committed');
    expect(Number(counter.get())).toBe(before + 1);
  });
});

describe('a database somebody else holds', () => {
  it('a request is tried for a moment without standing still, and then refused as busy', async () => {
    const clock = createVirtualClock();
    const { store, path } = await openOver(clock as never);
    holdDatabase(dirname(path));
    const began = performance.now();
    const refused = expect(store.commit(put('c1'))).rejects.toBeInstanceOf(StoreBusyError);
    // Nothing waits for the other here, so that it is short even where somebody else has the processor for a while.
    expect(performance.now() - began).toBeLessThan(1_000);
    await clock.advance(1_000);
    await refused;
    expect(await store.read.conversation('c1')).toBeUndefined();
  });

  it('what a turn says, and its end, wait for seconds', async () => {
    const clock = createVirtualClock();
    const { store, path } = await openOver(clock as never);
    await startTurn(store, 'c1', 't1');
    const free = holdDatabase(dirname(path));
    const said = store.appendTurnEvents([deltaEvent('c1', 't1', 0)]);
    await clock.advance(3_000);
    free();
    await clock.advance(100);
    expect(await said).toBe('committed');
  });
});

describe('D7: a commit that failed', () => {
  it('D7: is written over, because it may lie whole in the log and a crash would bring it back', async () => {
    const { path, connection, store, database } = await openOver();
    await startTurn(store, 'c1', 't1');
    const frames = () => statSync(`${path}-wal`).size;
    const exists = () =>
      database.prepare("select count(*) from conversation where id = 'lost'").pluck().get();
    const before = frames();
    const commit = Object.getPrototypeOf(database.prepare('COMMIT'));
    const run = commit.run;
    commit.run = function (this: Database.Statement, ...values: unknown[]) {
      if (this.source === 'COMMIT') {
        commit.run = run;
        throw new Database.SqliteError('no room for the index', 'SQLITE_IOERR_SHMSIZE');
      }
      return run.apply(this, values);
    };
    onTestFinished(() => {
      commit.run = run;
    });
    expect(await store.commit(put('lost'))).toEqual({ kind: 'full' });
    expect([exists(), frames() > before]).toEqual([0, true]);
    const after = frames();
    connection.overwriteFailed();
    expect(frames()).toBe(after);
  });
});
