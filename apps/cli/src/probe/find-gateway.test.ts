import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../clock.ts';
import { chooseModels, findGateway } from './find-gateway.ts';

async function at(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server with these JSON answers; everything else is a 404 of some web server. */
function serving(routes: Readonly<Record<string, readonly [number, object]>>): Promise<string> {
  const answer: RequestListener = (request, response) => {
    const [status, body] = routes[request.url ?? ''] ?? [404, undefined];
    const type = body === undefined ? 'text/html' : 'application/json';
    response.writeHead(status, { server: 'nginx/1.22.1', 'content-type': `${type}; charset=utf-8` });
    response.end(body === undefined ? '<html>404 Not Found</html>' : JSON.stringify(body));
  };
  return at(createHttpServer(answer));
}

const find = (url: string) => findGateway(url, 400, systemClock);
const models = { models: ['demo/fast', 'demo/writer', 'openai/gpt'] };
const health = { ok: true };

describe('finding a gateway', () => {
  it('knows one of today, one before /version, and one whose models are out of order', async () => {
    const versions = { gateway: '0.1.0', contracts: {} };
    const today = {
      '/health': [200, health],
      '/version': [200, versions],
      '/models': [200, models],
    } as const;
    expect(await find(await serving(today))).toEqual({ models: models.models });
    expect(await find(await serving({ '/health': [200, health], '/models': [200, models] }))).toEqual({
      models: models.models,
    });
    expect(await find(await serving({ '/health': [500, {}], '/models': [200, models] }))).toEqual({
      models: models.models,
    });
    expect(await find(await serving({ '/version': [200, versions], '/models': [200, {}] }))).toEqual({
      models: undefined,
    });
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ['nobody', async () => 'http://127.0.0.1:1', /^No gateway answers at http:\/\/127\.0\.0\.1:1\.$/],
    [
      'a web server',
      () => serving({}),
      /is no Dispatch gateway: GET \/health gave 404 text\/html from nginx\/1\.22\.1\.$/,
    ],
    [
      'a healthy something',
      () => serving({ '/health': [200, health] }),
      /is no Dispatch gateway: GET \/health gave 200/,
    ],
    [
      'a port that says nothing',
      () => at(createServer((socket) => void socket.on('error', () => undefined))),
      /is silent: nothing came within 0\.4 s/,
    ],
    [
      'a mail server',
      () => at(createServer((socket) => void socket.on('error', () => undefined).end('220 mail ESMTP\r\n'))),
      /does not speak HTTP/,
    ],
    [
      'a port that hangs up',
      () => at(createServer((socket) => void socket.on('error', () => undefined).destroy())),
      /does not speak HTTP/,
    ],
  ])('%s: says what is there, with exit code 7', async (_, start, says) => {
    const error = await find(await start()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      exitCode: 7,
      message: expect.stringMatching(says),
      hint: expect.stringMatching(/./),
    });
  });

  it('repeats what a gateway says that does not let us in, or that waits for its kernel', async () => {
    const refusal = (code: string) => ({ error: 'So it is.', code, retryable: false, requestId: 'req_1' });
    const closed = await serving({
      '/health': [403, refusal('forbidden-host')],
      '/models': [403, refusal('forbidden-host')],
    });
    await expect(find(closed)).rejects.toMatchObject({
      code: 'forbidden-host',
      status: 403,
      requestId: 'req_1',
    });
    const waiting = await serving({
      '/health': [200, health],
      '/models': [503, refusal('kernel-unavailable')],
    });
    await expect(find(waiting)).rejects.toMatchObject({ code: 'kernel-unavailable', status: 503 });
  });
});

describe('choosing models', () => {
  it('takes the demo models, each for what it is good at', () => {
    expect(chooseModels({ models: ['x/y', 'demo/fast', 'demo/tools', 'demo/writer'] }, undefined)).toEqual({
      quick: 'demo/fast',
      slow: 'demo/writer',
      tools: 'demo/tools',
    });
    expect(chooseModels({ models: ['demo/other'] }, undefined).slow).toBe('demo/other');
  });

  it("spends nobody's money unasked", () => {
    const choose = () => chooseModels({ models: ['openai/gpt'] }, undefined);
    expect(choose).toThrow(
      expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('--model') }),
    );
    expect(choose).toThrow(/cost money/);
  });

  it('takes the one that is named, if there is such a one', () => {
    const named = { quick: 'openai/gpt', slow: 'openai/gpt', tools: 'openai/gpt' };
    expect(chooseModels({ models: ['openai/gpt'] }, 'openai/gpt')).toEqual(named);
    expect(chooseModels({ models: undefined }, 'openai/gpt')).toEqual(named);
    expect(() => chooseModels({ models: ['a/b'] }, 'openai/gpt')).toThrow(
      expect.objectContaining({ exitCode: 5 }),
    );
  });
});
