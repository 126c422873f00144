import type { LinkUpFrame, LinkWatchedFrame, Topic } from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { systemIds } from '../ids.ts';
import { type WatchLink, type WatchRequest, WatchTable } from './watch-table.ts';

const TOPIC: Topic = 'turn:c';

/** A link that is full when a test says so. */
class HeldLink implements WatchLink {
  /** Frames it takes before it is full. */
  room = Number.POSITIVE_INFINITY;
  readonly #sent: LinkUpFrame[];
  #drain: (() => void)[] = [];

  constructor(sent: LinkUpFrame[]) {
    this.#sent = sent;
  }

  get isFull(): boolean {
    return this.room <= 0;
  }

  send(frame: LinkUpFrame): void {
    this.room -= 1;
    this.#sent.push(frame);
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.#drain.push(resolve));
  }

  async drain(room: number): Promise<void> {
    this.room = room;
    for (const resolve of this.#drain.splice(0)) resolve();
    await Promise.resolve();
  }
}

const NO_STEPS = { onTold: () => undefined, onRestored: () => undefined };

function setUp() {
  const sent: LinkUpFrame[] = [];
  const log = pino({ level: 'silent' });
  const link = new HeldLink(sent);
  const table = new WatchTable({ ids: systemIds, log, link });
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
  return { table, link, sent, watch, replay, live, watched };
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
    table.restore({
      onTold: () => undefined,
      onRestored: () => {
        isRestored = true;
      },
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
    table.restore(NO_STEPS);
    expect(sent).toMatchObject([{ after: { behind: 't1' } }, { after: { behind: 't1' } }]);
    table.suspend();
    const fresh = watch();
    watched(fresh.conn);
    table.suspend();
    sent.length = 0;
    table.restore(NO_STEPS);
    expect(sent.at(-1)).toMatchObject({ conn: fresh.conn, after: { behind: null } });
    watched(idle.conn, { behind: 't1' });
    live('t1', 1);
    expect(idle.got).toEqual(['t1/0', 't1/sealed']);
  });

  it('a surface is delivered under the topic the kernel names, each frame with its age, until the kernel ends it', () => {
    const { table, sent } = setUp();
    const asked: Topic = 'surface:s:c';
    const live: Topic = 'surface:s::u';
    const got: unknown[] = [];
    const handle = table.watch({
      topic: asked,
      userId: 'u',
      deliver: ({ message }, mark) => got.push([message.type, mark]),
      onOver: () => got.push('over'),
    });
    const conn = (sent[0] as { conn: string }).conn;
    const error = { type: 'error', message: 'x', surfaceId: 's' } as const;
    table.receive({ topic: live, frame: error, mark: 1 });
    table.receive({ conn, topic: asked, frame: error, mark: 2 });
    table.receive({ type: 'watched', conn, topic: asked, live });
    table.receive({ topic: asked, frame: error, mark: 3 });
    table.receive({ topic: live, frame: error, mark: 4 });
    expect(got).toEqual([
      ['error', 2],
      ['error', 4],
    ]);
    table.receive({ type: 'unwatched', conn, topic: asked });
    table.receive({ topic: live, frame: error, mark: 5 });
    handle.close();
    expect(got.slice(2)).toEqual(['over']);
    expect([table.size, sent.length]).toEqual([0, 1]);
  });

  it('a watch closed during the restore does not hold it up', () => {
    const { table, watch, watched } = setUp();
    const { conn, handle } = watch();
    watched(conn);
    table.suspend();
    let isRestored = false;
    table.restore({
      onTold: () => undefined,
      onRestored: () => {
        isRestored = true;
      },
    });
    handle.close();
    expect(isRestored).toBe(true);
    expect(table.size).toBe(0);
  });

  it('L1: a restore waits for a kernel that is behind, and what comes and goes meanwhile is told once or never', async () => {
    const { table, link, sent, watch, watched } = setUp();
    const [told, closedTold, closedUntold, last] = [watch(), watch(), watch(), watch()];
    table.suspend();
    sent.length = 0;
    const steps: string[] = [];
    link.room = 2;
    table.restore({ onTold: () => steps.push('told'), onRestored: () => steps.push('restored') });
    expect(sent).toMatchObject([{ conn: told.conn }, { conn: closedTold.conn }]);
    const fresh = watch();
    closedTold.handle.close();
    closedUntold.handle.close();
    expect(sent.slice(2)).toMatchObject([
      { type: 'watch', conn: fresh.conn },
      { type: 'unwatch', conn: closedTold.conn },
    ]);
    watched(told.conn);
    expect(steps).toEqual([]);
    await link.drain(10);
    expect(sent.slice(4)).toMatchObject([{ type: 'watch', conn: last.conn }]);
    expect(steps).toEqual(['told']);
    watched(last.conn);
    expect(steps).toEqual(['told', 'restored']);
  });

  it('L1: a restore that was waiting when its link went says nothing on the next one', async () => {
    const { table, link, sent, watch } = setUp();
    const all = [watch(), watch(), watch()];
    sent.length = 0;
    link.room = 1;
    const steps: string[] = [];
    table.restore({ ...NO_STEPS, onTold: () => steps.push('first') });
    table.suspend();
    link.room = 2;
    table.restore({ ...NO_STEPS, onTold: () => steps.push('second') });
    await link.drain(10);
    const conns = all.map(({ conn }) => conn);
    expect(sent.map((frame) => (frame as { conn: string }).conn)).toEqual([conns[0], ...conns]);
    expect(steps).toEqual(['second']);
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
