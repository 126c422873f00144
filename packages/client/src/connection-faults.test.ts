import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { HELLO, type SocketServer, startSocketServer } from './__fixtures__/socket-server.ts';
import { delta } from './__fixtures__/turn-log.ts';
import { platformClock } from './clock.ts';
import type { ConnectOptions } from './connect-options.ts';
import type { Connection } from './connection.ts';
import { createClient } from './create-client.ts';

const hasty = { ...platformClock, fraction: () => 0.01 };
const CATALOG = { type: 'catalog', catalog: [] };

let server: SocketServer;
let connection: Connection | undefined;
afterEach(async () => {
  connection?.close();
  await server.close();
});

function connect(options: ConnectOptions = {}): Connection {
  connection = createClient({ url: server.url, WebSocket, clock: hasty }).connect(options);
  return connection;
}

describe('liveness', () => {
  it('R5: asks a silent server for a sign of life, and takes a pong as one', async () => {
    // Only a pong that was taken for a sign of life is followed by another question.
    server = await startSocketServer([{ ...HELLO, heartbeatMs: 40, graceMs: 5_000 }, CATALOG]);
    server.onFrame = (frame, { send }) => frame.type === 'ping' && send({ type: 'pong', t: 0 });
    await connect().opened();
    await vi.waitFor(() => expect(server.sockets[0]?.received.length).toBeGreaterThan(3), 10_000);
    expect(connection?.state).toBe('open');
    expect(server.sockets).toHaveLength(1);
  });

  it('R5: leaves a line that gives none within the grace, and opens another', async () => {
    server = await startSocketServer([{ ...HELLO, heartbeatMs: 40, graceMs: 40 }, CATALOG]);
    await connect().opened();
    await vi.waitFor(() => expect(server.sockets.length).toBeGreaterThan(1), 5_000);
  });

  it('is not open before hello', async () => {
    server = await startSocketServer([CATALOG]);
    connect();
    await vi.waitFor(() => expect(server.sockets).toHaveLength(1), 10_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(connection?.state).toBe('connecting');
  });
});

describe('what a connection survives', () => {
  it('a callback that throws: it is told, the others go on', async () => {
    server = await startSocketServer();
    server.onFrame = (_frame, { send }) => send(delta('c', 'trn_0', 0), delta('c', 'trn_0', 1));
    const errors: unknown[] = [];
    const seen: unknown[] = [];
    connect({ onError: (error) => errors.push(error) });
    connection?.onFrame(() => {
      throw new Error('frame listener');
    });
    connection?.subscribe('c', {}, (_event, { n }) => {
      seen.push(n);
      throw new Error(`event ${n}`);
    });
    await vi.waitFor(() => expect(seen).toEqual([0, 1]), 10_000);
    expect(errors.map(String)).toContain('Error: event 0');
    expect(errors.map(String)).toContain('Error: frame listener');
    expect(connection?.state).toBe('open');
  });

  it('frames it does not know or cannot read: they are handed over and counted', async () => {
    server = await startSocketServer();
    const unknown: unknown[] = [];
    await connect({ onUnknown: (frame) => unknown.push(frame) }).opened();
    server.sockets[0]?.send({ type: 'from-the-future', x: 1 }, { type: 'chat.delta' });
    server.sockets[0]?.sendText('{"no":"type"}');
    server.sockets[0]?.sendText('not json');
    await vi.waitFor(() => expect(connection?.unknownFrames).toBe(4), 10_000);
    expect(unknown).toEqual([
      { type: 'from-the-future', x: 1 },
      { type: 'chat.delta' },
      '{"no":"type"}',
      'not json',
    ]);
    expect(connection?.state).toBe('open');
  });

  it('refusals that belong to no send: onError has them', async () => {
    server = await startSocketServer();
    const errors: unknown[] = [];
    await connect({ onError: (error) => errors.push(error) }).opened();
    server.sockets[0]?.send({ type: 'error', message: 'no such frame', code: 'unknown-frame' });
    await vi.waitFor(() => expect(errors).toHaveLength(1), 10_000);
    expect(errors[0]).toMatchObject({ name: 'DispatchError', code: 'unknown-frame', retryable: false });
  });

  it('a platform without WebSocket: connect says what to pass', async () => {
    server = await startSocketServer();
    vi.stubGlobal('WebSocket', undefined);
    try {
      expect(() => createClient({ url: server.url }).connect()).toThrow(/no WebSocket/);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
