import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { problem } from '../__fixtures__/fake-answer.ts';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway({ config: { allowedOrigins: ['https://console.example'] } });
});
afterAll(() => test.stop());
beforeEach(() => {
  test.kernel.requests.length = 0;
  test.kernel.onRequest = () => ({ status: 200, body: { relayed: true } });
});

const errorShape = (code: string) => ({
  error: expect.stringMatching(/.+/),
  code,
  retryable: expect.any(Boolean),
  requestId: expect.stringMatching(/^req_/),
});

/** Sends bytes and resolves with all that comes back until the other side closes. */
function raw(text: string, url = test.httpUrl): Promise<string> {
  return new Promise((resolve) => {
    const { port, hostname } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    setTimeout(() => socket.end(), 1_000);
  });
}

describe('the relay', () => {
  it('hands over method, path, query and body with the principal, and strips what only we may say', async () => {
    const response = await fetch(`${test.httpUrl}/conversations/a%2Fb%20c/cwd?x=1&x=2`, {
      method: 'PUT',
      body: '{"cwd":"/"}',
      headers: {
        'content-type': 'text/plain',
        'idempotency-key': 'k',
        'x-dispatch-principal': 'forged',
        'x-dispatch-link-secret': 'forged',
        'x-dispatch-anything': 'forged',
        cookie: 'secret',
      },
    });
    expect(await response.json()).toEqual({ relayed: true });
    const [seen] = test.kernel.requests;
    expect(seen).toMatchObject({
      method: 'PUT',
      path: '/conversations/a%2Fb%20c/cwd?x=1&x=2',
      body: '{"cwd":"/"}',
      headers: { 'content-type': 'text/plain', 'idempotency-key': 'k' },
    });
    expect(JSON.stringify(seen?.headers)).not.toMatch(/forged|anything|cookie/);
  });

  it('relays a refusal of the kernel, its request id and its status', async () => {
    test.kernel.onRequest = () => ({ status: 507, body: problem('storage-full') });
    const response = await fetch(`${test.httpUrl}/models`);
    expect(response.status).toBe(507);
    expect(response.headers.get('x-request-id')).toBe('req_kernel');
    expect(await response.json()).toMatchObject({ code: 'storage-full', requestId: 'req_kernel' });
  });

  it.each([
    ['GET', '/models', 200],
    ['PUT', '/conversations/c/title', 200],
    ['POST', '/conversations/c/close', 200],
    ['POST', '/conversations/c/stop', 503],
  ])('asks again after a cut answer where that does no harm: %s %s', async (method, path, status) => {
    let asked = 0;
    test.kernel.onRequest = () => {
      asked += 1;
      return asked === 1 ? 'cut' : { status: 200, body: {} };
    };
    for (const headers of [{}, { 'idempotency-key': 'k' }]) {
      asked = 0;
      expect((await fetch(`${test.httpUrl}${path}`, { method, headers })).status).toBe(status);
      expect(asked).toBe(status === 200 ? 2 : 1);
    }
  });

  it('a failure in another shape shows nothing of the inside', async () => {
    test.kernel.onRequest = () => ({ status: 500, body: { stack: 'at /secret/path.ts:1' } });
    const response = await fetch(`${test.httpUrl}/models`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual(errorShape('internal'));
  });

  it.each([
    '/internal/turns',
    '/internal/ready',
    '/conversations/../internal/turns',
    '//internal/turns',
    '/x/../internal/ready',
  ])('the internal route %s is not at the door', async (path) => {
    for (const method of ['GET', 'POST']) {
      const answer = await raw(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    }
    expect(test.kernel.requests).toEqual([]);
  });
});

describe('every answer', () => {
  const requests: readonly (readonly [string, string, string, number])[] = [
    ['a health check', 'GET', '/health', 200],
    ['a relayed answer', 'GET', '/models', 200],
    ['an unknown path', 'GET', '/nowhere', 404],
    ['another method', 'DELETE', '/models', 405],
    ['an unknown method on an unknown path', 'PATCH', '/', 404],
    ['a refused body', 'POST', '/chat', 400],
    ['a preflight', 'OPTIONS', '/chat', 204],
  ];
  it.each(requests)(
    'S-28: %s has the security headers and a request id',
    async (_what, method, path, status) => {
      const response = await fetch(`${test.httpUrl}${path}`, { method });
      expect(response.status).toBe(status);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'x-request-id': expect.stringMatching(/^req_/),
        vary: 'Origin',
      });
      expect(response.headers.get('server')).toBeNull();
      expect(response.headers.get('x-powered-by')).toBeNull();
      if (status >= 400) {
        const code = { 404: 'not-found', 405: 'method-not-allowed', 400: 'invalid-json' }[status] ?? '';
        expect(await response.json()).toEqual(errorShape(code));
      }
    },
  );

  it('405 says what the path takes', async () => {
    const response = await fetch(`${test.httpUrl}/conversations/x/cwd`, { method: 'POST' });
    expect(response.headers.get('allow')).toBe('GET, PUT, OPTIONS');
  });

  it('HEAD is GET without the body', async () => {
    const response = await fetch(`${test.httpUrl}/health`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});

describe('CORS', () => {
  it('echoes an allowed origin and exposes the conversation id', async () => {
    for (const origin of ['http://localhost:5173', 'https://console.example']) {
      const response = await fetch(`${test.httpUrl}/health`, { headers: { origin } });
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      expect(response.headers.get('access-control-expose-headers')).toContain('X-Conversation-Id');
    }
  });

  it.each([
    ['a target that is no path', 'GET http://localhost/health', '', 400],
    ['a path that cannot be decoded', 'GET /conversations/%E0%A4%A', '', 400],
    ['a proxied request', 'GET /health', 'Via: 1.1 proxy\r\n', 403],
  ])('a page of an allowed origin can read why %s is refused', async (_what, start, lines, status) => {
    const answer = await raw(
      `${start} HTTP/1.1\r\nHost: localhost\r\n${lines}Origin: http://localhost:5173\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(/\r\nAccess-Control-Allow-Origin: http:\/\/localhost:5173\r\n/i);
    expect(answer).toMatch(/\r\nVary: Origin\r\n/i);
  });

  it('ruling 21: a close by sendBeacon, which sends credentials, passes its preflight with any content type', async () => {
    const headers = { origin: 'https://console.example', 'content-type': 'application/json' };
    for (const method of ['OPTIONS', 'POST']) {
      const response = await fetch(`${test.httpUrl}/conversations/x/close`, { method, headers });
      expect(response.headers.get('access-control-allow-credentials')).toBe('true');
      expect(response.headers.get('access-control-allow-origin')).toBe('https://console.example');
    }
  });

  it('ruling 7: the preflight allows our headers and methods', async () => {
    const response = await fetch(`${test.httpUrl}/conversations/x/cwd`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'PUT' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toBe(
      'Content-Type, Authorization, Idempotency-Key',
    );
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, POST, PUT, PATCH, DELETE');
  });

  it.each(['null', 'https://evil.example', 'http://localhost.evil.example'])(
    'S-20: %s is refused, also its preflight, and told nothing it could read',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS', 'POST']) {
        const response = await fetch(`${test.httpUrl}/models`, { method, headers: { origin } });
        expect(response.status).toBe(403);
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
        expect(response.headers.get('access-control-allow-credentials')).toBeNull();
        expect(response.headers.get('vary')).toBe('Origin');
        expect(await response.json()).toMatchObject(errorShape('forbidden-origin'));
      }
      expect(test.kernel.requests).toEqual([]);
    },
  );

  it.each([
    ['Host: evil.example', 'forbidden-host'],
    ['Host: localhost\r\nHost: evil.example', 'forbidden-host'],
    ['Host: localhost\r\nVia: 1.1 proxy', 'forbidden-host'],
    ['Host: localhost\r\nForwarded: for=1.2.3.4', 'forbidden-host'],
    ['Host: localhost\r\nX-Forwarded-Proto: https', 'forbidden-host'],
    ['X-Nothing: 1', 'forbidden-host'],
  ])('S-02: %j is refused on both ports', async (lines, code) => {
    for (const url of [test.httpUrl, test.wsUrl.replace('ws', 'http')]) {
      const answer = await raw(`GET /models HTTP/1.1\r\n${lines}\r\nConnection: close\r\n\r\n`, url);
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(answer).toContain(code);
    }
  });
});

describe('bytes that are not what they should be', () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
    ['an unknown method', 'BREW /pot HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    [
      'a smuggled length',
      'POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['a header without end', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'a proxy request',
      'GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      400,
    ],
    ['a tunnel', 'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
    ['no host', 'GET /health HTTP/1.0\r\n\r\n', 403],
    [
      'an origin behind more headers than Node keeps',
      `GET /health HTTP/1.1\r\nHost: localhost\r\n${'a:\r\n'.repeat(3_000)}Origin: https://evil.example\r\nConnection: close\r\n\r\n`,
      403,
    ],
    [
      'half a handshake',
      'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      400,
    ],
  ])('L4: %s gets an answer in our shape and harms nobody', async (_what, text, status) => {
    const answer = await raw(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({
      requestId: expect.stringMatching(/^req_/),
    });
    expect((await fetch(`${test.httpUrl}/health`)).status).toBe(200);
  });

  it('the WebSocket-only port answers plain HTTP with 426', async () => {
    const response = await fetch(test.wsUrl.replace('ws', 'http'));
    expect(response.status).toBe(426);
    expect(response.headers.get('upgrade')).toBe('websocket');
    expect(await response.json()).toMatchObject(errorShape('upgrade-required'));
  });
});
