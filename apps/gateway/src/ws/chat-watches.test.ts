import { pino } from 'pino';
import { expect, it } from 'vitest';
import { systemIds } from '../ids.ts';
import { WatchTable } from '../link/watch-table.ts';
import { ChatWatches } from './chat-watches.ts';

it('L1: a socket that is gone watches nothing, also not for a frame that was still waiting', async () => {
  const link = { isFull: false, send: () => undefined, drained: async () => undefined };
  const table = new WatchTable({ ids: systemIds, log: pino({ level: 'silent' }), link });
  const principal = { userId: 'usr_owner' } as ConstructorParameters<typeof ChatWatches>[1];
  const chats = new ChatWatches(table, principal, () => undefined);
  chats.open('early');
  expect(table.size).toBe(1);
  chats.closeAll();
  const late = chats.open('late', { turnId: 't', n: -1 });
  expect(table.size).toBe(0);
  expect(await late.watched).toBe(false);
  late.close();
  chats.close('late');
  expect(table.size).toBe(0);
});
