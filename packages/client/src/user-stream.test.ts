import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Frame,
  HELLO,
  type ServerSocket,
  type SocketServer,
  startSocketServer,
} from './__fixtures__/socket-server.ts';
import { platformClock } from './clock.ts';
import type { ConnectOptions } from './connect-options.ts';
import type { Connection } from './connection.ts';
import { createClient } from './create-client.ts';
import type { UserReset } from './user-stream.ts';

const hasty = { ...platformClock, fraction: () => 0.01 };
const CATALOG: Frame = { type: 'catalog', catalog: [] };
const event = (seq: number): Frame => ({
  type: 'user.event',
  seq,
  event: { type: 'conversation.closed', conversationId: `c${seq}` },
});

let server: SocketServer;
let connection: Connection;
let seen: string[];
let resets: UserReset[];
beforeEach(async () => {
  server = await startSocketServer([]);
});
afterEach(async () => {
  connection.close();
  await server.close();
});

function connect(options: ConnectOptions = {}): void {
  connection = createClient({ url: server.url, WebSocket, clock: hasty }).connect(options);
  seen = [];
  resets = [];
  connection.user.on((told, seq) =>
    seen.push(`${seq} ${'conversationId' in told ? told.conversationId : ''}`),
  );
  connection.user.onReset((reset) => resets.push(reset));
}

/** The newest connection, once there are so many, greeted like this. */
async function socket(count: number, hello: object = {}): Promise<ServerSocket> {
  await vi.waitFor(() => expect(server.sockets).toHaveLength(count), 5_000);
  const newest = server.sockets[count - 1] as ServerSocket;
  newest.send({ ...HELLO, ...hello }, CATALOG);
  return newest;
}

const cursorIn = (path: string) => new URL(path, 'http://gateway').searchParams.get('resume');

describe("the user's stream", () => {
  it('R1: begins where the backend stands, and goes on behind the last number after a line was lost', async () => {
    connect();
    const first = await socket(1, { head: 7 });
    first.send(event(8), { type: 'user.skip', seq: 9 }, event(10));
    await vi.waitFor(() => expect(connection.user.position).toEqual({ epoch: 'epoch', seq: 10 }), 10_000);
    first.cut();
    const second = await socket(2, { head: 12, resumed: true });
    expect([cursorIn(first.path), cursorIn(second.path)]).toEqual([null, 'epoch.10']);
    second.send(event(11), event(12));
    await vi.waitFor(() => expect(seen).toEqual(['8 c8', '10 c10', '11 c11', '12 c12']), 10_000);
    expect(resets).toEqual([]);
  });

  it('R1: what came already is dropped, wherever it comes from', async () => {
    connect({ resume: { epoch: 'epoch', seq: 3 } });
    const one = await socket(1, { head: 5, resumed: true });
    expect(cursorIn(one.path)).toBe('epoch.3');
    one.send(event(2), event(4), event(3), event(4), event(5));
    await vi.waitFor(() => expect(seen).toEqual(['4 c4', '5 c5']), 10_000);
  });

  it('RG5: what became of a version is told once and in order, so that no older choice comes back', async () => {
    connect({ resume: { epoch: 'epoch', seq: 3 } });
    const shown: (string | null)[] = [];
    const onReplaced = ({ turnId }: { turnId: string | null }) => void shown.push(turnId);
    connection.subscribe('c', { onReplaced }, () => {});
    const replaced = (seq: number, turnId: string, supersedes: string): Frame => {
      const of = { conversationId: 'c', turnId, supersedes, beatId: 'a', version: 1, versions: 2 };
      return { type: 'user.event', seq, event: { type: 'turn-replaced', ...of } };
    };
    const one = await socket(1, { head: 5, resumed: true });
    one.send(replaced(4, 'b', 'a'), replaced(5, 'a', 'b'), replaced(4, 'b', 'a'), event(6));
    await vi.waitFor(() => expect(seen).toHaveLength(3));
    expect(shown).toEqual(['b', 'a']);
    one.send(replaced(8, 'b', 'a'));
    await socket(2, { head: 8, resumed: true });
    expect(shown).toEqual(['b', 'a']);
  });

  it('RT-04: a gap makes the line anew from the last number; nothing behind it is given', async () => {
    connect();
    const first = await socket(1);
    first.send(event(1), event(3), event(4));
    const second = await socket(2, { head: 4, resumed: true });
    expect(cursorIn(second.path)).toBe('epoch.1');
    second.send(event(2), event(3), event(4));
    await vi.waitFor(() => expect(seen).toEqual(['1 c1', '2 c2', '3 c3', '4 c4']), 10_000);
  });

  it('RT-05: a ping that tells of more than arrived does, too', async () => {
    connect();
    const first = await socket(1);
    first.send(event(1), { type: 'ping', t: 0, head: 1 });
    await vi.waitFor(() => expect(seen).toHaveLength(1), 10_000);
    expect(connection.state).toBe('open');
    first.send({ type: 'ping', t: 0, head: 2 });
    expect(cursorIn((await socket(2, { head: 2, resumed: true })).path)).toBe('epoch.1');
  });

  it('R3: a refused resume is told with its reason and the place the stream goes on from', async () => {
    connect({ resume: { epoch: 'epoch', seq: 3 } });
    const first = await socket(1, { head: 9_000, reason: 'too-old' });
    await vi.waitFor(
      () => expect(resets).toEqual([{ reason: 'too-old', position: { epoch: 'epoch', seq: 9_000 } }]),
      10_000,
    );
    first.cut();
    await socket(2, { epoch: 'other', head: 2, reason: 'unknown-epoch' });
    await vi.waitFor(() => expect(resets).toHaveLength(2), 10_000);
    expect(resets[1]).toEqual({ reason: 'unknown-epoch', position: { epoch: 'other', seq: 2 } });
  });

  it('RT-06: a backend that cannot resume but has nothing new is no reset', async () => {
    connect({ resume: { epoch: 'epoch', seq: 0 } });
    await socket(1);
    await connection.opened();
    expect(resets).toEqual([]);
  });

  it('RT-14: several frames in a message are taken only from a backend that can send them', async () => {
    connect();
    const one = await socket(1, { capabilities: ['batch'] });
    await vi.waitFor(
      () => expect(one.received).toEqual([{ type: 'client.hello', capabilities: ['batch'] }]),
      10_000,
    );
    one.sendText(
      [event(1), event(2), { type: 'pong', t: 0 }].map((frame) => JSON.stringify(frame)).join('\n'),
    );
    await vi.waitFor(() => expect(seen).toEqual(['1 c1', '2 c2']), 10_000);
    expect(connection.unknownFrames).toBe(0);
  });

  it('a number that is none counts as unknown and changes nothing', async () => {
    connect();
    const one = await socket(1);
    one.send({ ...event(1), seq: 'x' }, event(1));
    await vi.waitFor(() => expect(seen).toEqual(['1 c1']), 10_000);
    expect(connection.unknownFrames).toBe(1);
  });
});
