import { mkdtempSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  encodeFrame,
  FrameDecoder,
  LINK_VERSION,
  type LinkDownFrame,
  Secret,
  surfaceTopic,
  turnTopic,
} from '@dispatch/link';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { createFanout, type Fanout } from '../fanout/fanout.ts';
import { createPolicy } from '../policy/policy.ts';
import type { ConversationRow, Log, TurnEventDraft, TurnRow } from '../ports.ts';
import { openPresence } from '../presence/presence-registry.ts';
import { counterSurface } from '../surface/__fixtures__/counter-surface.ts';
import { createSurfaceRegistry, type SurfaceRegistry } from '../surface/surface-registry.ts';
import { createMemoryStore } from '../turn/__fixtures__/memory-store.ts';
import { createEventsServer, type EventsServer } from './events-server.ts';

const TOPIC = turnTopic('c1');
const SECRET = 's3cret';
const HELLO = { type: 'hello', v: LINK_VERSION, gatewayId: 'g1', secret: SECRET };
const OWNER = { userId: 'usr_owner', sessionId: 'local', scopes: ['chat:read'] };
const WATCH = { type: 'watch', conn: 'w', topic: TOPIC, ...OWNER };

let server: EventsServer;
let fanout: Fanout;
let path: string;
let stored: TurnEventDraft[];
let warnings: object[];
let surfaces: SurfaceRegistry;
const opened: Socket[] = [];

beforeEach(async () => {
  stored = [];
  warnings = [];
  const turn = { id: 't0', conversationId: 'c1', state: 'running' } as TurnRow;
  const log: Log = { info: () => undefined, warn: (fields) => warnings.push(fields), error: () => undefined };
  surfaces = createSurfaceRegistry({ clock: systemClock, onFailure: () => undefined });
  fanout = createFanout({
    surfaces,
    log,
    read: {
      conversation: async () => ({ ownerId: 'usr_owner' }) as ConversationRow,
      turn: async () => turn,
      newestTurn: async () => (stored.length > 0 ? turn : undefined),
      turnsAfter: async () => [],
      turnEvents: async (_, after, limit) => stored.slice(after + 1, after + 1 + (limit ?? stored.length)),
      userEvents: async () => ({ head: 0, floor: 0, events: [] }),
    },
  });
  path = join(mkdtempSync(join(tmpdir(), 'dispatch-events-')), 'events.sock');
  const policy = createPolicy({
    revocations: { isRevoked: () => false },
    trail: { noteOnce: () => undefined },
  });
  const presence = await openPresence({
    store: createMemoryStore(),
    coMembers: async () => [],
    clock: systemClock,
    log,
  });
  const parts = {
    fanout,
    presence,
    policy,
    clock: systemClock,
    log,
    secret: new Secret(SECRET),
    bootId: 'b',
    epoch: 'e',
    surfaces,
  };
  server = createEventsServer(parts);
  await server.listen(path);
});

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await server.close();
});

function open(...frames: readonly object[]) {
  const socket = connect(path);
  opened.push(socket);
  const frames_: LinkDownFrame[] = [];
  const decoder = new FrameDecoder();
  socket.on('data', (bytes) => decoder.push(bytes, (frame) => frames_.push(frame as LinkDownFrame)));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  for (const frame of frames) socket.write(encodeFrame(frame));
  return { socket, frames: frames_, closed };
}

function emit(text: string): void {
  const event = { type: 'text-delta', conversationId: 'c1', turnId: 't0', delta: text } as const;
  stored.push({ turnId: 't0', n: stored.length, event });
  fanout.publish('c1', { type: 'chat.delta', event, n: stored.length - 1 });
}

const indexes = (frames: readonly LinkDownFrame[]): (number | undefined)[] =>
  frames.flatMap((frame) => ('frame' in frame && frame.frame.type === 'chat.delta' ? [frame.frame.n] : []));

describe('events.sock', () => {
  it('S-17: the socket is its owner alone, and a link without the secret gets nothing', async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const strangers = [
      open({ ...HELLO, secret: 'wrong' }),
      open({ ...HELLO, secret: '' }),
      open({ ...HELLO, v: LINK_VERSION + 1 }),
      open(WATCH),
      open({ type: 'user' }),
    ];
    for (const stranger of strangers) {
      await stranger.closed;
      expect(stranger.frames).toEqual([]);
    }
    expect(server.linkCount).toBe(0);
  });

  it('welcomes, replays, tells `watched` and goes on live, to several gateways at once', async () => {
    emit('a');
    const links = [open(HELLO, WATCH), open({ ...HELLO, gatewayId: 'g2' }, WATCH)];
    for (const { frames } of links) await vi.waitFor(() => expect(frames).toHaveLength(3), 10_000);
    emit('b');
    for (const { frames } of links) {
      await vi.waitFor(() => expect(frames).toHaveLength(4), 10_000);
      expect(frames[0]).toEqual({ type: 'welcome', v: LINK_VERSION, bootId: 'b', epoch: 'e', catalog: [] });
      expect(frames[1]).toMatchObject({ conn: 'w', topic: TOPIC, frame: { type: 'chat.delta', n: 0 } });
      expect(frames[2]).toEqual({ type: 'watched', conn: 'w', topic: TOPIC, at: { turnId: 't0', n: 0 } });
      expect(frames[3]).not.toHaveProperty('conn');
      expect(frames[3]).toMatchObject({ topic: TOPIC, frame: { n: 1 } });
    }
    expect(server.linkCount).toBe(2);
  });

  it('B.3: every link is told a catalog that changed, and a new one starts with it', async () => {
    const links = [open(HELLO), open({ ...HELLO, gatewayId: 'g2' })];
    for (const { frames } of links) await vi.waitFor(() => expect(frames).toHaveLength(1), 10_000);
    surfaces.add(counterSurface(), 'x');
    const { catalog } = surfaces;
    for (const { frames } of links) {
      await vi.waitFor(() => expect(frames[1]).toEqual({ type: 'catalog', catalog }), 10_000);
    }
    const late = open(HELLO);
    await vi.waitFor(() => expect(late.frames[0]).toMatchObject({ type: 'welcome', catalog }), 10_000);
    expect(catalog).toHaveLength(1);
  });

  it('R9: a surface, its `watched`, then its updates reach a gateway in that order', async () => {
    const surface = counterSurface();
    const { changed } = surfaces.add(surface, 'x');
    const topic = surfaceTopic({ surfaceId: 'counter', conversationId: 'c1' });
    const { frames } = open(HELLO, { type: 'watch', conn: 's', topic, ...OWNER });
    await vi.waitFor(() => expect(frames).toHaveLength(3), 10_000);
    surface.count += 1;
    changed();
    await vi.waitFor(() => expect(frames).toHaveLength(4), 10_000);
    expect(frames.slice(1)).toMatchObject([
      { conn: 's', topic, frame: { type: 'surface', conversationId: 'c1' }, mark: expect.any(Number) },
      { type: 'watched', conn: 's', topic },
      { topic, frame: { type: 'update', update: { conversationId: 'c1' } }, mark: expect.any(Number) },
    ]);
  });

  it('L4: garbage, frames over the cap and malformed frames end that link and no other', async () => {
    const good = open(HELLO, WATCH);
    await vi.waitFor(() => expect(good.frames).toHaveLength(2), 10_000);
    const bad = [
      Buffer.from([0xff, 0xff, 0xff, 0xff]),
      Buffer.concat([encodeFrame(HELLO), Buffer.from([0, 0, 0, 1, 0x7b])]),
      Buffer.concat([encodeFrame(HELLO), encodeFrame({ ...WATCH, topic: 7 })]),
      Buffer.concat([encodeFrame(HELLO), encodeFrame(HELLO)]),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    ];
    for (const bytes of bad) {
      const link = open();
      link.socket.write(bytes);
      await link.closed;
    }
    emit('still here');
    await vi.waitFor(() => expect(indexes(good.frames)).toEqual([0]), 10_000);
    expect(server.linkCount).toBe(1);
  });

  it('E7: a frozen gateway is dropped at 8 MiB unsent; the others get everything', async () => {
    const frozen = open(HELLO, WATCH);
    const good = open({ ...HELLO, gatewayId: 'g2' }, WATCH);
    await vi.waitFor(() => expect(good.frames).toHaveLength(2), 10_000);
    await vi.waitFor(() => expect(frozen.frames).toHaveLength(2), 10_000);
    frozen.socket.pause();
    for (let n = 0; n < 48; n += 1) {
      emit('x'.repeat(256 * 1024));
      await new Promise((resolve) => setImmediate(resolve));
      await vi.waitFor(() => expect(indexes(good.frames)).toHaveLength(n + 1), 10_000);
    }
    expect(warnings).toContainEqual({ gatewayId: 'g1', reason: 'too much unsent' });
    await vi.waitFor(() => expect(server.linkCount).toBe(1), 10_000);
    expect(indexes(good.frames)).toEqual(Array.from({ length: 48 }, (_, n) => n));
  });

  it('R9: a replay of twice the bound reaches a reading gateway whole', async () => {
    for (let n = 0; n < 64; n += 1) emit('y'.repeat(256 * 1024));
    const link = open(HELLO, WATCH);
    await vi.waitFor(
      () => expect(link.frames.at(-1)).toMatchObject({ type: 'watched', at: { n: 63 } }),
      10_000,
    );
    expect(indexes(link.frames)).toEqual(Array.from({ length: 64 }, (_, n) => n));
    expect(server.linkCount).toBe(1);
  });

  it('R9: many replays that start at once do not drop the link between them', async () => {
    emit('z'.repeat(900 * 1024));
    const watches = Array.from({ length: 12 }, (_, index) => ({ ...WATCH, conn: `w${index}` }));
    const link = open(HELLO, ...watches);
    const watched = () => link.frames.filter((frame) => 'type' in frame && frame.type === 'watched');
    await vi.waitFor(() => expect(watched()).toHaveLength(12), 10_000);
    expect(indexes(link.frames)).toEqual(watches.map(() => 0));
    expect(warnings).toEqual([]);
  });

  it('closing ends the links, also one that does not read', async () => {
    const link = open(HELLO, WATCH);
    await vi.waitFor(() => expect(link.frames).toHaveLength(2), 10_000);
    await server.close();
    await link.closed;
  });
});
