import { afterEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { HELLO, type SocketServer, startSocketServer } from './__fixtures__/socket-server.ts';
import { platformClock } from './clock.ts';
import type { Connection } from './connection.ts';
import { createClient } from './create-client.ts';

let server: SocketServer;
let connection: Connection | undefined;
afterEach(async () => {
  connection?.close();
  await server.close();
});

it('WS6: asks for all it watches no faster than the gateway takes it, in order, also behind a broken line', async () => {
  const limits = { ...(HELLO['limits'] as object), messageBurst: 12, messagesPerMinute: 1_200 };
  server = await startSocketServer([
    { ...HELLO, limits },
    { type: 'catalog', catalog: [] },
  ]);
  const clock = { ...platformClock, fraction: () => 0.01 };
  connection = createClient({ url: server.url, WebSocket, clock }).connect();
  const names = Array.from({ length: 25 }, (_, at) => `c${at}`);
  for (const name of names) connection.subscribe(name, {}, () => undefined);
  const asked = (socket: number) =>
    server.sockets[socket]?.received.flatMap(({ type, conversationId }) =>
      type === 'chat.subscribe' ? [conversationId] : [],
    ) ?? [];
  await vi.waitFor(() => expect(asked(0).length).toBeGreaterThan(0));
  server.sockets[0]?.cut();
  await vi.waitFor(() => expect(asked(1).length).toBeGreaterThan(0), 5_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(asked(1).length).toBeLessThanOrEqual(12);
  await vi.waitFor(() => expect(asked(1)).toEqual(names), 5_000);
});
