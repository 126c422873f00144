import { surfaceSpecFixture } from '@dispatch/ui-contract/fixtures';
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

/** Real time, with pauses between tries too short to wait for. */
const hasty = { ...platformClock, fraction: () => 0.01 };

const PLAN = { id: 'plan', region: 'side', title: 'Plan', scope: 'conversation' };
const TABLE = { id: 'table', region: 'side', title: 'Table', scope: 'global' };
const catalog = (...entries: readonly object[]): Frame => ({ type: 'catalog', catalog: entries });

let server: SocketServer;
let connection: Connection;
let greeting: Frame[];
beforeEach(async () => {
  greeting = [HELLO, catalog(PLAN, TABLE)];
  server = await startSocketServer(greeting);
});
afterEach(async () => {
  connection?.close();
  await server.close();
});

function connect(options: ConnectOptions = {}): Connection {
  connection = createClient({ url: server.url, WebSocket, clock: hasty }).connect(options);
  return connection;
}

async function opened(options: ConnectOptions = {}): Promise<ServerSocket> {
  await connect(options).opened();
  return socket();
}

/** The newest connection, once there are so many. */
async function socket(count = 1): Promise<ServerSocket> {
  await vi.waitFor(() => expect(server.sockets).toHaveLength(count), 5_000);
  return server.sockets[count - 1]!;
}

const spec = (id: string, title: string): object => ({ ...surfaceSpecFixture, id, title });
const surface = (id: string, title: string, conversationId?: string): Frame => ({
  type: 'surface',
  spec: spec(id, title),
  ...(conversationId === undefined ? {} : { conversationId }),
});
const update = (id: string, title: string, conversationId?: string): Frame => ({
  type: 'update',
  update: {
    surfaceId: id,
    spec: spec(id, title),
    ...(conversationId === undefined ? {} : { conversationId }),
  },
});

/** A subscriber that keeps what it was told, as titles and codes. */
function subscriber() {
  const told: string[] = [];
  return {
    told,
    callbacks: {
      onSpec: ({ title }: { readonly title: string }) => void told.push(title),
      onError: ({ code }: { readonly code: string }) => void told.push(`! ${code}`),
    },
  };
}

/** Frames without their ids. */
const plain = (frames: readonly Frame[]): object[] => frames.map(({ id: _id, ...rest }) => rest);

let marks = 0;
/** Resolves when everything the server sent by now has arrived. */
async function arrived(from: ServerSocket): Promise<void> {
  marks += 1;
  const mark = `mark-${marks}`;
  const seen = new Promise<void>((resolve) => {
    const stop = connection.onFrame((frame) => {
      if (!('t' in frame) || String(frame.t) !== mark) return;
      stop();
      resolve();
    });
  });
  from.send({ type: 'pong', t: mark });
  await seen;
}

describe('a surface', () => {
  it('U3: is subscribed to, and gives the first state and every update of its conversation', async () => {
    const to = await opened();
    const { told, callbacks } = subscriber();
    const handle = connection.surface('plan', { conversationId: 'c' }, callbacks);
    expect(handle.spec).toBeUndefined();
    await vi.waitFor(() => expect(to.received).toHaveLength(1), 10_000);
    expect(plain(to.received)).toEqual([{ type: 'subscribe', surfaceId: 'plan', conversationId: 'c' }]);
    to.send(
      surface('plan', 'one', 'c'),
      update('plan', 'of another', 'd'),
      update('plan', 'of none'),
      update('elsewhere', 'never asked for', 'c'),
      {
        type: 'update',
        update: { surfaceId: 'plan', spec: spec('table', 'not its own'), conversationId: 'c' },
      },
      update('plan', 'two', 'c'),
    );
    await arrived(to);
    expect(told).toEqual(['one', 'two']);
    expect(handle.spec?.title).toBe('two');
  });

  it('that is global is asked for without a conversation, by whomever', async () => {
    const to = await opened();
    const first = subscriber();
    const second = subscriber();
    connection.surface('table', { conversationId: 'c' }, first.callbacks);
    connection.surface('table', {}, second.callbacks);
    to.send(surface('table', 'all'));
    await vi.waitFor(() => expect(second.told).toEqual(['all']), 10_000);
    expect(first.told).toEqual(['all']);
    expect(plain(to.received)).toEqual([{ type: 'subscribe', surfaceId: 'table' }]);
  });

  it('is one subscription for several subscribers, and left with the last of them', async () => {
    const to = await opened();
    const first = subscriber();
    const one = connection.surface('plan', { conversationId: 'c' }, first.callbacks);
    to.send(surface('plan', 'one', 'c'));
    await vi.waitFor(() => expect(first.told).toEqual(['one']), 10_000);
    const late = subscriber();
    const two = connection.surface('plan', { conversationId: 'c' }, late.callbacks);
    expect(two.spec?.title).toBe('one');
    expect(late.told).toEqual([]);
    await vi.waitFor(() => expect(late.told).toEqual(['one']), 10_000);
    one.close();
    one.close();
    to.send(update('plan', 'two', 'c'));
    await vi.waitFor(() => expect(late.told).toEqual(['one', 'two']), 10_000);
    expect(first.told).toEqual(['one']);
    two.close();
    await vi.waitFor(() => expect(to.received).toHaveLength(2), 10_000);
    expect(plain(to.received)[1]).toEqual({ type: 'unsubscribe', surfaceId: 'plan', conversationId: 'c' });
  });

  it('drops what was still under way for a subscription that was ended', async () => {
    const to = await opened();
    connection.surface('plan', { conversationId: 'c' }, {}).close();
    const { told, callbacks } = subscriber();
    connection.surface('plan', { conversationId: 'c' }, callbacks);
    to.send(update('plan', 'stale', 'c'), surface('plan', 'fresh', 'c'));
    await vi.waitFor(() => expect(told).toEqual(['fresh']), 10_000);
  });

  it('R1: is asked for again after every hello, and gives the fresh state', async () => {
    const first = await opened();
    const { told, callbacks } = subscriber();
    const handle = connection.surface('plan', { conversationId: 'c' }, callbacks);
    first.send(surface('plan', 'one', 'c'));
    await vi.waitFor(() => expect(told).toEqual(['one']), 10_000);
    first.cut();
    const second = await socket(2);
    await vi.waitFor(() => expect(plain(second.received)).toEqual(plain(first.received)), 10_000);
    expect(handle.spec?.title).toBe('one');
    second.send(surface('plan', 'after', 'c'));
    await vi.waitFor(() => expect(told).toEqual(['one', 'after']), 10_000);
  });

  it('asked for before the first catalog waits for it, and then knows whether it is global', async () => {
    connect();
    const { told, callbacks } = subscriber();
    connection.surface('table', { conversationId: 'c' }, callbacks);
    connection.surface('none', {}, callbacks);
    await connection.opened();
    const to = await socket();
    await vi.waitFor(
      () => expect(plain(to.received)).toEqual([{ type: 'subscribe', surfaceId: 'table' }]),
      10_000,
    );
    expect(told).toEqual(['! unknown-surface']);
  });

  it('that the catalog no longer has is told once, and asked for again when it is back', async () => {
    const to = await opened();
    const { told, callbacks } = subscriber();
    const handle = connection.surface('plan', { conversationId: 'c' }, callbacks);
    to.send(surface('plan', 'one', 'c'));
    await vi.waitFor(() => expect(told).toEqual(['one']), 10_000);
    const gone = { type: 'error', surfaceId: 'plan', message: 'gone', code: 'unknown-surface' };
    to.send(gone, catalog(TABLE), catalog(TABLE), update('plan', 'ghost', 'c'));
    await arrived(to);
    expect(told).toEqual(['one', '! unknown-surface']);
    expect(handle.spec).toBeUndefined();
    const late = subscriber();
    connection.surface('plan', { conversationId: 'c' }, late.callbacks);
    await vi.waitFor(() => expect(late.told).toEqual(['! unknown-surface']), 10_000);
    to.send(catalog(PLAN));
    await vi.waitFor(() => expect(to.received).toHaveLength(2), 10_000);
    to.send(surface('plan', 'back', 'c'));
    await vi.waitFor(() => expect(told).toEqual(['one', '! unknown-surface', 'back']), 10_000);
  });

  it('whose scope changes is watched as the newest catalog says', async () => {
    const to = await opened();
    const { told, callbacks } = subscriber();
    connection.surface('plan', { conversationId: 'c' }, callbacks);
    to.send(surface('plan', 'one', 'c'), catalog({ ...PLAN, scope: 'global' }));
    await vi.waitFor(() => expect(to.received).toHaveLength(3), 10_000);
    expect(plain(to.received).slice(1)).toEqual([
      { type: 'unsubscribe', surfaceId: 'plan', conversationId: 'c' },
      { type: 'subscribe', surfaceId: 'plan' },
    ]);
    to.send(surface('plan', 'everywhere'));
    await vi.waitFor(() => expect(told).toEqual(['one', 'everywhere']), 10_000);
  });

  it('that cannot be shown tells why, and takes the next state that can', async () => {
    const others: unknown[] = [];
    const to = await opened({ onError: (error) => others.push(error) });
    const { told, callbacks } = subscriber();
    connection.surface('plan', { conversationId: 'c' }, callbacks);
    connection.surface('table', {}, callbacks);
    await vi.waitFor(() => expect(to.received).toHaveLength(2), 10_000);
    const id = to.received[0]?.['id'];
    to.send({ type: 'error', id, surfaceId: 'plan', message: 'broken', code: 'action-failed' });
    to.send(update('plan', 'mended', 'c'));
    await vi.waitFor(() => expect(told).toEqual(['! action-failed', 'mended']), 10_000);
    expect(others).toEqual([]);
  });

  it('closed by another one’s callback hears nothing more', async () => {
    const to = await opened();
    const { told, callbacks } = subscriber();
    connection.surface('table', {}, { onSpec: () => second.close(), onError: () => second.close() });
    const second = connection.surface('table', {}, callbacks);
    to.send(surface('table', 'all'), catalog());
    await arrived(to);
    expect(told).toEqual([]);
  });

  it('a callback that throws harms nobody else', async () => {
    const errors: unknown[] = [];
    const to = await opened({ onError: (error) => errors.push(error) });
    const { told, callbacks } = subscriber();
    const onSpec = (): void => {
      throw new Error('mine');
    };
    connection.surface('table', {}, { onSpec });
    connection.surface('table', {}, callbacks);
    to.send(surface('table', 'all'));
    await vi.waitFor(() => expect(told).toEqual(['all']), 10_000);
    expect(errors.map(String)).toEqual(['Error: mine']);
  });
});

describe('the catalog', () => {
  it('is told at once and on every change', async () => {
    const to = await opened();
    const seen: string[][] = [];
    const stop = connection.onCatalog((entries) => seen.push(entries.map(({ id }) => id)));
    expect(seen).toEqual([['plan', 'table']]);
    to.send(catalog(TABLE), { type: 'catalog' });
    await arrived(to);
    expect(seen).toEqual([['plan', 'table'], ['table']]);
    expect(connection.catalog).toEqual([TABLE]);
    expect(connection.unknownFrames).toBe(1);
    stop();
    to.send(catalog());
    await arrived(to);
    expect(seen).toHaveLength(2);
  });

  it('is told once when it comes, to whoever waits for it', async () => {
    const seen: number[] = [];
    connect().onCatalog((entries) => seen.push(entries.length));
    expect(seen).toEqual([]);
    const to = await socket();
    await connection.opened();
    await arrived(to);
    expect(seen).toEqual([2]);
  });
});

describe('an action', () => {
  it('resolves with its ack, and names the conversation only where it counts', async () => {
    server.onFrame = (frame, { send }) => {
      if (frame.type === 'invoke') send({ type: 'ack', id: 'nobody' }, { type: 'ack', id: frame['id'] });
    };
    const to = await opened();
    const plan = connection.surface('plan', { conversationId: 'c' }, {});
    const table = connection.surface('table', { conversationId: 'c' }, {});
    await plan.invoke('plan/set', 3);
    await table.invoke('table/press');
    expect(plain(to.received).slice(2)).toEqual([
      { type: 'invoke', surfaceId: 'plan', conversationId: 'c', actionId: 'plan/set', payload: 3 },
      { type: 'invoke', surfaceId: 'table', actionId: 'table/press' },
    ]);
    expect(new Set(to.received.map(({ id }) => id)).size).toBe(4);
  });

  it('U4: rejects with the code and the words of the refusal, which is nobody else’s error', async () => {
    server.onFrame = (frame, { send }) => {
      if (frame.type !== 'invoke') return;
      const { id, surfaceId } = frame;
      send({ type: 'error', id, surfaceId, message: 'It is too long.', code: 'action-refused' });
    };
    const others: unknown[] = [];
    await opened({ onError: (error) => others.push(error) });
    const { told, callbacks } = subscriber();
    const handle = connection.surface('plan', { conversationId: 'c' }, callbacks);
    await expect(handle.invoke('plan/set', 9_999)).rejects.toMatchObject({
      name: 'DispatchError',
      code: 'action-refused',
      message: 'It is too long.',
    });
    expect({ told, others }).toEqual({ told: [], others: [] });
  });

  it('is refused at once while the line is down, and never sent later', async () => {
    connect();
    const handle = connection.surface('plan', { conversationId: 'c' }, {});
    await expect(handle.invoke('plan/flip')).rejects.toMatchObject({
      code: 'connection-lost',
      retryable: true,
    });
    await connection.opened();
    const first = await socket();
    await vi.waitFor(() => expect(first.received).toHaveLength(1), 10_000);
    const whileDown = new Promise((resolve) => {
      connection.onState(({ state }) => state === 'waiting' && resolve(handle.invoke('plan/flip')));
    });
    first.cut();
    await expect(whileDown).rejects.toMatchObject({ code: 'connection-lost', retryable: true });
    const second = await socket(2);
    await connection.opened();
    handle.close();
    await vi.waitFor(() => expect(second.received.at(-1)?.type).toBe('unsubscribe'), 10_000);
    expect(first.received.map(({ type }) => type)).toEqual(['subscribe']);
    expect(second.received.map(({ type }) => type)).toEqual(['subscribe', 'unsubscribe']);
  });

  it('is not repeated when the line breaks before the answer', async () => {
    const first = await opened();
    const handle = connection.surface('plan', { conversationId: 'c' }, {});
    const acting = handle.invoke('plan/flip');
    await vi.waitFor(() => expect(first.received).toHaveLength(2), 10_000);
    first.cut();
    await expect(acting).rejects.toMatchObject({ code: 'connection-lost', retryable: false });
    const second = await socket(2);
    await connection.opened();
    handle.close();
    await vi.waitFor(() => expect(second.received.at(-1)?.type).toBe('unsubscribe'), 10_000);
    expect(second.received.map(({ type }) => type)).toEqual(['subscribe', 'unsubscribe']);
  });

  it('is rejected when the connection or its handle was closed', async () => {
    await opened();
    const handle = connection.surface('plan', { conversationId: 'c' }, {});
    const other = connection.surface('plan', { conversationId: 'c' }, {});
    other.close();
    await expect(other.invoke('plan/flip')).rejects.toMatchObject({ code: 'connection-closed' });
    const acting = handle.invoke('plan/flip');
    connection.close();
    await expect(acting).rejects.toMatchObject({ code: 'connection-closed' });
    await expect(handle.invoke('plan/flip')).rejects.toMatchObject({ code: 'connection-closed' });
  });
});
