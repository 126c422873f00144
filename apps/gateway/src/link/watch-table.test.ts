import type { LinkUpFrame, LinkWatchedFrame, Topic } from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { systemIds } from '../ids.ts';
import { type WatchRequest, WatchTable } from './watch-table.ts';

const TOPIC: Topic = 'turn:c';

function setUp() {
  const sent: LinkUpFrame[] = [];
  const log = pino({ level: 'silent' });
  const table = new WatchTable({ ids: systemIds, log, send: (frame) => sent.push(frame) });
  const connOf = (index: number) => (sent[index] as { conn: string }).conn;
  const watch = (after?: WatchRequest['after']) => {
    const got: string[] = [];
    const handle = table.watch({
      topic: TOPIC,
      userId: 'u',
      ...(after && { after }),
      deliver: ({ message }) => got.push(nameOf(message)),
    });
    return { got, handle, conn: connOf(sent.length - 1) };
  };
  const replay = (conn: string, turnId: string, n: number) =>
    table.receive({ conn, topic: TOPIC, frame: delta(turnId, n) });
  const live = (turnId: string, n: number) => table.receive({ topic: TOPIC, frame: delta(turnId, n) });
  const watched = (conn: string, at: LinkWatchedFrame['at'] = { behind: null }) =>
    table.receive({ type: 'watched', conn, topic: TOPIC, at });
  return { table, sent, watch, replay, live, watched };
}

function delta(turnId: string, n: number): WsServerMessage {
  const event = { type: 'text-delta', conversationId: 'c', turnId, delta: String(n) };
  return { type: 'chat.delta', event, n } as WsServerMessage;
}

function sealed(turnId: string, n: number): WsServerMessage {
  return { type: 'chat.delta', event: { type: 'turn-sealed', conversationId: 'c', turnId }, n };
}

function nameOf(message: WsServerMessage): string {
  if (message.type !== 'chat.delta') return message.type;
  if (message.event.type === 'turn-sealed') return `${message.event.turnId}/sealed`;
  const { turnId, delta: text } = message.event as { turnId: string; delta: string };
  return `${turnId}/${text}`;
}

describe('WatchTable', () => {
  it('R9: live frames before `watched` are left to the replay, those after it are not lost', () => {
    const { watch, replay, live, watched } = setUp();
    const { got, conn } = watch();
    live('t', 0);
    replay(conn, 't', 0);
    live('t', 1);
    replay(conn, 't', 1);
    watched(conn);
    live('t', 2);
    expect(got).toEqual(['t/0', 't/1', 't/2']);
  });

  it('a frame that was delivered is not delivered again, however it comes', () => {
    const { watch, replay, live, watched } = setUp();
    const { got, conn } = watch();
    replay(conn, 't', 0);
    watched(conn, { turnId: 't', n: 0 });
    for (const n of [0, 1, 1, 0, 2]) live('t', n);
    replay(conn, 't', 2);
    live('u', 0);
    live('u', 0);
    expect(got).toEqual(['t/0', 't/1', 't/2', 'u/0']);
  });

  it('a new link is told each watch with its last position, and live is only what it confirmed', () => {
    const { table, sent, watch, live, watched } = setUp();
    const first = watch();
    const second = watch({ turnId: 't', n: 4 });
    watched(first.conn);
    watched(second.conn, { turnId: 't', n: 4 });
    live('t', 5);
    table.suspend();
    live('t', 6);
    sent.length = 0;
    let isRestored = false;
    table.restore(() => {
      isRestored = true;
    });
    expect(sent).toMatchObject([
      { type: 'watch', conn: first.conn, after: { turnId: 't', n: 5 } },
      { type: 'watch', conn: second.conn, after: { turnId: 't', n: 5 } },
    ]);
    watched(first.conn, { turnId: 't', n: 5 });
    expect(isRestored).toBe(false);
    watched(second.conn, { turnId: 't', n: 5 });
    expect(isRestored).toBe(true);
    live('t', 6);
    expect(first.got).toEqual(['t/5', 't/6']);
    expect(second.got).toEqual(['t/5', 't/6']);
  });

  it('a watch that saw nothing yet is told from where it stood, so that no turn between two links is missed', () => {
    const { table, sent, watch, watched, live } = setUp();
    const idle = watch();
    watched(idle.conn, { behind: 't0' });
    const ended = watch();
    watched(ended.conn);
    table.receive({ topic: TOPIC, frame: delta('t1', 0) });
    table.receive({ topic: TOPIC, frame: sealed('t1', 1) });
    table.suspend();
    sent.length = 0;
    table.restore(() => undefined);
    expect(sent).toMatchObject([{ after: { behind: 't1' } }, { after: { behind: 't1' } }]);
    table.suspend();
    const fresh = watch();
    watched(fresh.conn);
    table.suspend();
    sent.length = 0;
    table.restore(() => undefined);
    expect(sent.at(-1)).toMatchObject({ conn: fresh.conn, after: { behind: null } });
    watched(idle.conn, { behind: 't1' });
    live('t1', 1);
    expect(idle.got).toEqual(['t1/0', 't1/sealed']);
  });

  it('a watch closed during the restore does not hold it up', () => {
    const { table, watch, watched } = setUp();
    const { conn, handle } = watch();
    watched(conn);
    table.suspend();
    let isRestored = false;
    table.restore(() => {
      isRestored = true;
    });
    handle.close();
    expect(isRestored).toBe(true);
    expect(table.size).toBe(0);
  });

  it('after `chat.reset` the replay from the start is delivered', () => {
    const { table, watch, replay, watched } = setUp();
    const { got, conn } = watch({ turnId: 't', n: 99 });
    const reset = { type: 'chat.reset', conversationId: 'c', reason: 'ahead' } as WsServerMessage;
    table.receive({ conn, topic: TOPIC, frame: reset });
    replay(conn, 't', 0);
    watched(conn);
    expect(got).toEqual(['chat.reset', 't/0']);
  });

  it('a late frame of a closed watch does not reach the one that follows it', async () => {
    const { watch, replay, watched } = setUp();
    const first = watch();
    replay(first.conn, 't', 0);
    first.handle.close();
    expect(await first.handle.watched).toBe(false);
    const second = watch();
    replay(first.conn, 't', 1);
    watched(first.conn);
    replay(second.conn, 't', 0);
    expect(second.got).toEqual(['t/0']);
    expect(first.got).toEqual(['t/0']);
  });

  it('a watcher that throws is closed and harms no other', () => {
    const { table, sent, watch, live, watched } = setUp();
    table.watch({
      topic: TOPIC,
      userId: 'u',
      deliver: () => {
        throw new Error('broken');
      },
    });
    watched((sent[0] as { conn: string }).conn);
    const { got, conn } = watch();
    watched(conn);
    live('t', 0);
    live('t', 1);
    expect(got).toEqual(['t/0', 't/1']);
    expect(table.size).toBe(1);
  });
});
