import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { HELLO } from './__fixtures__/socket-server.ts';
import { platformClock } from './clock.ts';
import type { Connection } from './connection.ts';
import { type ClientSetup, createClient } from './create-client.ts';

const hasty = { ...platformClock, fraction: () => 0.01 };

let server: Server;
let asked: string[];
let ticketStatus: number;
let connection: Connection | undefined;

beforeEach(async () => {
  asked = [];
  ticketStatus = 200;
  let tickets = 0;
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const isTicket = request.url === '/ws-ticket';
    tickets += isTicket ? 1 : 0;
    const body = isTicket ? { ticket: `t/${tickets}`, expiresAt: 0 } : { ok: true };
    response.writeHead(isTicket ? ticketStatus : 200).end(JSON.stringify(body));
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    asked.push(`upgrade ${request.url} ${request.headers.authorization}`);
    for (const frame of [HELLO, { type: 'catalog', catalog: [] }]) socket.send(JSON.stringify(frame));
    if (asked.filter((line) => line.startsWith('upgrade')).length === 1)
      setTimeout(() => socket.terminate(), 20);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  connection?.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function client(more: Partial<ClientSetup> = {}) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createClient({ url, WebSocket, clock: hasty, ...more });
}

const withoutTab = (line: string) => line.replace(/tab=tab_\w{26}&?/, '');

describe('a client with a token', () => {
  it('S-08: sends it with every call, and no socket without a ticket of its own', async () => {
    let given = 0;
    const token = async () => {
      given += 1;
      return `secret-${given}`;
    };
    const it = client({ token });
    await it.health();
    connection = it.connect();
    await connection.opened();
    await expect.poll(() => asked.length).toBeGreaterThanOrEqual(5);
    expect(asked.slice(0, 5).map(withoutTab)).toEqual([
      'GET /health Bearer secret-1',
      'POST /ws-ticket Bearer secret-2',
      'upgrade /ws?ticket=t%2F1 undefined',
      'POST /ws-ticket Bearer secret-3',
      'upgrade /ws?resume=epoch.0&ticket=t%2F2 undefined',
    ]);
  });

  it('a gateway of before there were tickets is connected to without one', async () => {
    ticketStatus = 404;
    connection = client({ token: 'secret' }).connect();
    await connection.opened();
    expect(asked.map(withoutTab)).toContain('upgrade /ws? undefined');
  });

  it('S-09: stops for good when the token lets nobody in, and says so', async () => {
    ticketStatus = 401;
    connection = client({ token: 'secret' }).connect();
    await expect(connection.opened()).rejects.toMatchObject({ code: 'connection-closed' });
    expect(connection.state).toBe('closed');
    expect(asked).toEqual(['POST /ws-ticket Bearer secret']);
  });

  it('comes back when a ticket could not be had, and leaves while one is asked for', async () => {
    ticketStatus = 503;
    connection = client({ token: 'secret' }).connect();
    await expect.poll(() => asked.length).toBeGreaterThan(1);
    ticketStatus = 200;
    await connection.opened();
    connection.close();
    const other = client({ token: 'secret' }).connect();
    const before = asked.length;
    other.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked.slice(before).filter((line) => line.startsWith('upgrade'))).toEqual([]);
  });

  it('a function that fails is told as such; without a token nothing is sent', async () => {
    const failing = client({ token: () => Promise.reject(new Error('vault')) });
    await expect(failing.health()).rejects.toMatchObject({ code: 'no-token' });
    await client().health();
    expect(asked).toEqual(['GET /health undefined']);
  });
});
