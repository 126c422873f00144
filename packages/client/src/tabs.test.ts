import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type ServerSocket, type SocketServer, startSocketServer } from './__fixtures__/socket-server.ts';
import { platformClock } from './clock.ts';
import { createClient, type DispatchClient } from './create-client.ts';

/** Real time, with pauses between tries too short to wait for. */
const hasty = { ...platformClock, fraction: () => 0.01 };

let server: SocketServer;
let client: DispatchClient;
beforeEach(async () => {
  server = await startSocketServer();
  client = createClient({ url: server.url, WebSocket, clock: hasty });
});
afterEach(() => server.close());

async function sockets(count: number): Promise<readonly ServerSocket[]> {
  await vi.waitFor(() => expect(server.sockets).toHaveLength(count), 5_000);
  return server.sockets;
}

it('WS5: a second connect while the first is connecting is the same connection and opens no socket', async () => {
  const first = client.connect();
  expect(client.connect()).toBe(first);
  await first.opened();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await sockets(1);
  const second = client.connect();
  expect(second).not.toBe(first);
  await second.opened();
  first.close();
  second.close();
  const third = client.connect();
  expect(third).not.toBe(second);
  third.close();
});

it('R6: each try of a connection says the same tab, and each connection another one', async () => {
  const first = client.connect();
  await first.opened();
  server.sockets[0]?.cut();
  await sockets(2);
  await first.opened();
  const second = client.connect();
  await second.opened();
  const [one, again, other] = (await sockets(3)).map(({ path }) => path);
  expect(one).toMatch(/^\/ws\?tab=tab_[0-9a-hjkmnp-tv-z]{26}$/);
  expect(again).toBe(`${one}&resume=epoch.0`);
  expect(other).toMatch(/^\/ws\?tab=tab_[0-9a-hjkmnp-tv-z]{26}$/);
  expect(other).not.toBe(one);
  first.close();
  second.close();
});

it('WS5: a connection whose tab has another socket stops for good', async () => {
  const connection = client.connect();
  await connection.opened();
  const [socket] = await sockets(1);
  socket?.send({ type: 'bye', code: 'replaced', resume: false });
  socket?.close(4409);
  await vi.waitFor(() => expect(connection.state).toBe('closed'), 10_000);
  await expect(connection.send({ message: 'hi' })).rejects.toMatchObject({ code: 'connection-closed' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await sockets(1);
});
