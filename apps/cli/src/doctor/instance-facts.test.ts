import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../clock.ts';
import { instanceFacts } from './instance-facts.ts';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const versions = { gateway: '1.0.0', contracts: { wire: '0.7.0' }, bootId: 'b', epoch: 'e' };
const json =
  (status: number, body: object): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const find = (httpPort: number, wsPort: number, clock = systemClock) =>
  instanceFacts({ host: '127.0.0.1', httpPort, wsPort }, true, clock);

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('what is at the ports', () => {
  it('finds a gateway and whether it is ready', async () => {
    const http = createHttpServer((request, response) =>
      request.url === '/version'
        ? json(200, versions)(request, response)
        : json(503, { ok: false, error: 'The kernel is not ready.' })(request, response),
    );
    const ws = createHttpServer(json(426, { code: 'upgrade-required', error: 'WebSocket only' }));
    expect(await find(await listening(http), await listening(ws))).toMatchObject({
      http: { state: 'dispatch' },
      ws: { state: 'dispatch' },
      versions,
      ready: { ok: false, says: 'The kernel is not ready.' },
    });
  });

  it('finds nobody', async () => {
    expect(await find(await freePort(), 0)).toMatchObject({
      http: { state: 'free' },
      ws: { state: 'any' },
      versions: null,
      ready: null,
    });
  });

  it('finds other programs, whatever they say', async () => {
    const web = createHttpServer((_request, response) =>
      response.writeHead(404, { server: 'nginx/1.22' }).end('<html>'),
    );
    const mail = createServer(
      (socket) => void socket.on('error', () => undefined).end('220 mail.example ESMTP\r\n'),
    );
    expect(await find(await listening(web), await listening(mail))).toMatchObject({
      http: { state: 'foreign', says: 'status 404 from nginx/1.22' },
      ws: { state: 'foreign', says: 'something that is not HTTP' },
      versions: null,
    });
  });

  it('does not wait for one that says nothing', async () => {
    const silent = createServer((socket) => void socket.on('error', () => undefined));
    const impatient = {
      ...systemClock,
      after: (_ms: number, call: () => void) => systemClock.after(300, call),
    };
    expect(await find(await listening(silent), 0, impatient)).toMatchObject({
      http: { state: 'foreign', says: 'nothing within 5 s' },
    });
  });

  it('tries whether a free port can be opened, unless something may be starting', async () => {
    const nowhere = { host: '192.0.2.1', httpPort: 24_203, wsPort: 0 };
    const impatient = {
      ...systemClock,
      after: (_ms: number, call: () => void) => systemClock.after(300, call),
    };
    expect((await instanceFacts(nowhere, true, impatient)).http).toEqual({
      state: 'refused-to-us',
      code: 'EADDRNOTAVAIL',
    });
    expect((await instanceFacts(nowhere, false, impatient)).http).toEqual({ state: 'free' });
  });
});
