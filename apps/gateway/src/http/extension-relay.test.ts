import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SeenRequest } from '../__fixtures__/fake-answer.ts';
import { problem } from '../__fixtures__/fake-kernel.ts';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';

let test: TestGateway;
let seen: SeenRequest[];
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());
beforeEach(() => {
  seen = [];
  test.kernel.onRequest = (request) => {
    seen.push(request);
    return { status: 200, body: ['any', 'JSON'] };
  };
});

/** The target as it stands here; `fetch` would take the steps up out of it. */
function callRaw(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(test.httpUrl);
    const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST' }, (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode));
    });
    outgoing.on('error', reject).end();
  });
}

const call = (path: string, init?: RequestInit) => fetch(`${test.httpUrl}${path}`, init);

describe('routes of extensions', () => {
  it.each(['GET', 'POST', 'PUT'])(
    '%s reaches the kernel as it came, and its answer comes back',
    async (method) => {
      const body = method === 'GET' ? {} : { body: '{"a":1}', headers: { 'content-type': 'text/plain' } };
      const answer = await call('/x/acme/items/a%2Fb?q=1&r=%20', { method, ...body });
      expect([answer.status, await answer.json()]).toEqual([200, ['any', 'JSON']]);
      expect(seen).toMatchObject([
        { method, path: '/x/acme/items/a%2Fb?q=1&r=%20', body: method === 'GET' ? '' : '{"a":1}' },
      ]);
    },
  );

  it('refusals of the kernel have the one shape', async () => {
    test.kernel.onRequest = () => ({ status: 502, body: problem('extension-failed') });
    const answer = await call('/x/acme/items');
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ code: 'extension-failed', retryable: false });
  });

  it('other methods are refused, and so is a body over the limit', async () => {
    const deleted = await call('/x/acme/items', { method: 'DELETE' });
    expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'GET, POST, PUT, OPTIONS']);
    const large = await call('/x/acme/items', { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) });
    expect([large.status, await large.json()]).toMatchObject([413, { code: 'body-too-large' }]);
    expect(seen).toEqual([]);
  });

  it.each(['/x/%2e%2e/internal/turns', '/x/a/%2E./../internal/ready', '/x', '/y/acme'])(
    'nothing else is reached by way of %s',
    async (path) => {
      const before = test.kernel.requests.length;
      expect(await callRaw(path)).toBe(404);
      expect(test.kernel.requests).toHaveLength(before);
    },
  );

  it('a cut answer is asked for again where that changes nothing, and only there', async () => {
    test.kernel.onRequest = (request) => {
      seen.push(request);
      return 'cut';
    };
    for (const [method, times] of [
      ['PUT', 2],
      ['POST', 1],
    ] as const) {
      seen = [];
      const answer = await call('/x/acme/items', { method, body: '{}' });
      expect([answer.status, seen.length]).toEqual([503, times]);
    }
  });
});
