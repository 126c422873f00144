import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { describe, expect, it } from 'vitest';
import { stoppedClock } from './__fixtures__/store-ports.ts';
import { openTestStore, tempDir } from './__fixtures__/test-store.ts';
import { databasePath } from './sqlite/open-database.ts';

const migrationsFolder = join(import.meta.dirname, '../../drizzle');
const HOUR = 3_600_000;

/** A database as the first version of the schema left it. */
function writeFirstVersion(dataDir: string, rows: string): void {
  const database = new Database(databasePath(dataDir));
  const first = readMigrationFiles({ migrationsFolder })[0];
  database.exec(readFileSync(join(migrationsFolder, '0000_conversations.sql'), 'utf8'));
  database.exec(
    `create table __drizzle_migrations (id integer primary key, hash text not null, created_at numeric);
     insert into __drizzle_migrations (hash, created_at) values ('${first?.hash}', ${first?.folderMillis});
     insert into meta values ('epoch', 'e'), ('boot-counter', '3');
     ${rows}`,
  );
  database.close();
}

const conversation = (id: string, owner: string, lastActivityAt: number) =>
  `insert into conversation values ('${id}', '${owner}', null, null, null, '[]', null, 'idle', 0, 1, ${lastActivityAt});`;

describe('a database of the first schema', () => {
  it('keeps the order of its list, and goes on behind it', async () => {
    const dataDir = tempDir();
    const rows = [
      conversation('b', 'usr_owner', 5),
      conversation('a', 'usr_owner', 5),
      conversation('newest', 'usr_owner', 9),
      conversation('oldest', 'usr_owner', 1),
      conversation('foreign', 'usr_b', 7),
    ];
    writeFirstVersion(dataDir, rows.join('\n'));
    const store = await openTestStore(dataDir);
    const list = async (ownerId: string) =>
      (await store.read.conversations({ ownerId, limit: 9 })).rows.map(({ id }) => id);
    expect(await list('usr_owner')).toEqual(['newest', 'a', 'b', 'oldest']);
    expect(await list('usr_b')).toEqual(['foreign']);
    const { result } = (await store.commit({
      *plan(q) {
        return { result: [yield* q.nextActivity('usr_owner'), yield* q.nextActivity('usr_b')] };
      },
    })) as { result: number[] };
    expect(result).toEqual([5, 2]);
  });

  it('D5: keeps keys and events for what was left of their day, and none that were made at a wrong time for longer', async () => {
    const dataDir = tempDir();
    const now = Date.now();
    const sealed = { old: now - 30 * HOUR, fresh: now - 20 * HOUR, future: now + 900 * HOUR };
    const turns = Object.entries(sealed).map(
      ([id, at], index) =>
        `insert into turn values ('${id}', 'c', ${index}, 'sealed', 1, 'u', 'm', 1, ${at}, 'stop', '{}', 'm', 0, 0, 'kept');
         insert into turn_event values ('${id}', 0, '{"type":"turn-sealed","conversationId":"c","turnId":"${id}"}');
         insert into idempotency values ('u', '${id}', 'o', 'b', null, ${at + 24 * HOUR});`,
    );
    writeFirstVersion(dataDir, conversation('c', 'usr_owner', 1) + turns.join('\n'));
    const clock = stoppedClock();
    const store = await openTestStore(dataDir, clock);
    const left = async () => {
      await store.trim(store.age() - 24 * HOUR, store.age());
      const kept: string[] = [];
      for (const id of Object.keys(sealed)) {
        const events = await store.read.turnEvents(id, -1);
        const { kind } = await store.commit({
          idempotency: { principal: 'u', key: id, operation: 'o', bodyHash: 'other', expiresAt: 0 },
          // biome-ignore lint/correctness/useYield: a plan that asks nothing.
          *plan() {
            return { result: null, refused: true };
          },
        });
        if (events.length > 0) kept.push(`events of ${id}`);
        if (kind === 'key-mismatch') kept.push(`key of ${id}`);
      }
      return kept;
    };
    expect(await left()).toEqual(['events of fresh', 'key of fresh', 'events of future', 'key of future']);
    clock.passed += 5 * HOUR;
    expect(await left()).toEqual(['events of future', 'key of future']);
    clock.passed += 20 * HOUR;
    expect(await left()).toEqual([]);
  });
});
