import { expect, it } from 'vitest';
import type { Store } from '../ports.ts';
import type { QueuedMessageRow } from '../queue/queue-store.ts';
import { randomIds, stoppedClock } from './__fixtures__/store-ports.ts';
import { tamper } from './__fixtures__/tamper.ts';
import { tempDir } from './__fixtures__/test-store.ts';
import { openStore } from './open-store.ts';

const row = (id: string, position: number): QueuedMessageRow => ({
  id,
  conversationId: 'c1',
  position,
  mode: 'steer',
  text: `Words of\n${id} ä`,
  model: null,
  by: 'usr_owner',
  createdAt: 1,
  editedAt: null,
});

async function put(store: Store, ...rows: readonly QueuedMessageRow[]): Promise<void> {
  await store.commit({
    *plan(q) {
      for (const one of rows) yield* q.queue.put(one);
      return { result: null };
    },
  });
}

it('ST2: what waits survives a restart as it was written, in its order', async () => {
  const dataDir = tempDir();
  const open = () => openStore({ dataDir, clock: stoppedClock(), ids: randomIds });
  const first = await open();
  await put(first, row('b', 2), row('a', 1), { ...row('x', 1), conversationId: 'c2' });
  await put(first, { ...row('b', 3), text: 'other', mode: 'queue', model: 'm', editedAt: 2 });
  await first.close();
  const second = await open();
  expect(await second.read.queue('c1')).toEqual([
    row('a', 1),
    { ...row('b', 3), text: 'other', mode: 'queue', model: 'm', editedAt: 2 },
  ]);
  await second.close();
});

it.each([
  ['the words', `update queued_message set text = 'X' where id = 'a'`],
  ['the place', `update queued_message set position = 9 where id = 'a'`],
  ['the mode', `update queued_message set mode = 'queue' where id = 'a'`],
  ['the sender', `update queued_message set by = 'usr_x' where id = 'a'`],
])(
  'D9: a message of which %s is not what was written is left out and told, and the others stay',
  async (_, sql) => {
    const dataDir = tempDir();
    const told: string[] = [];
    const onDamagedRow = (name: string) => void told.push(name);
    const store = await openStore({ dataDir, clock: stoppedClock(), ids: randomIds, onDamagedRow });
    await put(store, row('a', 1), row('b', 2));
    tamper(dataDir, sql);
    expect(await store.read.queue('c1')).toEqual([row('b', 2)]);
    expect(told).toEqual(['queued message a']);
    await store.close();
  },
);
