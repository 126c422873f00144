import { ROUTES } from '@dispatch/transport-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asked, ask } from '../__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import type { Kernel } from '../kernel.ts';
import { GATEWAY_ROUTES } from './gateway-routes.ts';
import { HANDLERS } from './routes.ts';

let dataDir: string;
let kernel: Kernel;
beforeAll(async () => {
  dataDir = temporaryDataDir();
  kernel = await startTestKernel(dataDir);
});
afterAll(() => kernel.stop(0));

const get = (path: string, asked?: Asked) => ask(dataDir, 'GET', path, asked);
const put = (path: string, body: unknown, asked?: Asked) => ask(dataDir, 'PUT', path, { body, ...asked });
const post = (path: string, body?: unknown, asked?: Asked) => ask(dataDir, 'POST', path, { body, ...asked });
const stranger = { userId: 'usr_stranger' };

const over = (id: string) =>
  expect.poll(async () => (await get(`/conversations/${id}/status`)).body.turnId).toBeNull();

/** Runs a whole turn and gives its id. */
async function turn(conversationId: string, message = 'hi', more: object = {}): Promise<string> {
  const { body } = await post('/internal/turns', { conversationId, message, ...more });
  await over(conversationId);
  return body.turnId;
}

describe('routes', () => {
  it('every row has a handler and every handler a row; the gateway answers some itself', () => {
    expect([...Object.keys(HANDLERS), ...GATEWAY_ROUTES].sort()).toEqual(Object.keys(ROUTES).sort());
    expect(GATEWAY_ROUTES.join(' ')).toBe('health ready version chat signIn signOut ticket metrics');
  });

  it('an unknown path is 404 and a wrong method 405 with Allow, both in the one error shape', async () => {
    const missing = await get('/nothing/here');
    expect(missing).toMatchObject({ status: 404, body: { code: 'not-found', retryable: false } });
    const wrong = await ask(dataDir, 'DELETE', '/conversations/c/cwd');
    expect(wrong).toMatchObject({
      status: 405,
      body: { code: 'method-not-allowed' },
      headers: { allow: 'GET, PUT' },
    });
    for (const { body } of [missing, wrong]) {
      expect(Object.keys(body).sort()).toEqual(['code', 'error', 'requestId', 'retryable']);
      expect(body.requestId).toMatch(/^req_[0-9a-z]{26}$/);
    }
  });

  it('S-17: nothing is answered without the secret, and nothing but readiness without a principal', async () => {
    for (const secret of ['', 'wrong']) {
      const headers = { 'x-dispatch-link-secret': secret };
      for (const path of ['/models', '/internal/ready', '/nothing']) {
        expect(await get(path, { headers })).toMatchObject({
          status: 503,
          body: { code: 'kernel-unavailable' },
        });
      }
    }
    const headers = { 'x-dispatch-principal': 'bm9uZQ' };
    expect(await get('/models', { headers })).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
    });
    expect((await get('/internal/ready', { headers })).status).toBe(200);
  });

  it('keeps the gateway’s request id', async () => {
    const requestId = `req_${'0'.repeat(26)}`;
    const { body } = await get('/nothing', { headers: { 'x-dispatch-request-id': requestId } });
    expect(body.requestId).toBe(requestId);
  });

  it('L1: a body of 100 MB is refused early and the next request is served', async () => {
    const huge = Buffer.alloc(100 * 1024 * 1024, 0x20);
    const outcome = await put('/conversations/c/cwd', huge).catch((error: Error) => error);
    if (!(outcome instanceof Error))
      expect(outcome).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
    expect((await get('/conversations/c/cwd')).body).toEqual({ conversationId: 'c', cwd: null });
  });

  it.each(['a%2Fb', `${'x'.repeat(129)}`, 'a%00b', 'a%0Ab'])(
    'the conversation id %s is refused',
    async (id) => {
      expect(await get(`/conversations/${id}`)).toMatchObject({
        status: 400,
        body: { code: 'invalid-request' },
      });
    },
  );

  it('any other id is as good as a UUID', async () => {
    for (const id of ['日本', 'a b', 'a:b', '..%2e', 'x'.repeat(128)]) {
      const { status, body } = await get(`/conversations/${encodeURIComponent(id)}/title`);
      expect({ status, body }).toEqual({ status: 200, body: { conversationId: id, title: null } });
    }
  });
});

describe('an unknown conversation', () => {
  it('reads as empty, and reading, stopping and closing create nothing', async () => {
    const id = 'unknown';
    const at = `/conversations/${id}`;
    expect((await get(at)).body).toEqual({ chunks: [], latestSeq: 0 });
    expect((await get(`${at}?sinceSeq=7`)).body).toEqual({ chunks: [], latestSeq: 7 });
    expect((await get(`${at}/metrics`)).body).toEqual({ turns: [] });
    expect((await get(`${at}/cwd`)).body).toEqual({ conversationId: id, cwd: null });
    expect((await get(`${at}/lsp`)).body).toEqual({ conversationId: id, cwd: null, servers: [] });
    expect((await get(`${at}/model`)).body).toEqual({ conversationId: id, model: null, fallbackModels: [] });
    expect((await get(`${at}/status`)).body).toEqual({
      conversationId: id,
      status: 'idle',
      turnId: null,
      title: null,
      model: null,
      cwd: null,
    });
    expect((await post(`${at}/close`, 'not json')).body).toEqual({ conversationId: id, abortedTurn: false });
    expect((await post(`${at}/stop`)).body).toEqual({ conversationId: id, stopped: false, turnId: null });
    expect((await get(`/conversations?q=${id}`)).body).toMatchObject({
      userSeq: 0,
      conversations: [],
      nextCursor: null,
    });
  });
});

describe('history and metrics', () => {
  it('sinceSeq, beforeSeq and limit select; latestSeq is that of the last chunk given', async () => {
    await turn('h1');
    await turn('h1', 'again');
    const seqs = async (query: string): Promise<[number[], number]> => {
      const { body } = await get(`/conversations/h1${query}`);
      return [body.chunks.map((chunk: { seq: number }) => chunk.seq), body.latestSeq];
    };
    expect(await seqs('')).toEqual([[1, 2, 3, 4], 4]);
    expect(await seqs('?sinceSeq=')).toEqual([[1, 2, 3, 4], 4]);
    expect(await seqs('?sinceSeq=2')).toEqual([[3, 4], 4]);
    expect(await seqs('?sinceSeq=99')).toEqual([[], 99]);
    expect(await seqs('?limit=2')).toEqual([[3, 4], 4]);
    expect(await seqs('?beforeSeq=3&limit=1')).toEqual([[2], 2]);
    expect((await get('/conversations/h1/metrics')).body.turns).toHaveLength(2);
  });

  it.each([
    'sinceSeq=-1',
    'sinceSeq=1.5',
    'sinceSeq=x',
    'sinceSeq=1e3',
    'limit=0',
    'beforeSeq=0',
    `limit=${'9'.repeat(30)}`,
  ])('%s is 400', async (query) => {
    expect(await get(`/conversations/h1?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
  });
});

describe('settings of a conversation', () => {
  it('a draft gets cwd, title and model before its first message, and keeps them', async () => {
    expect((await put('/conversations/d1/cwd', { cwd: '/srv/x' })).body).toEqual({
      conversationId: 'd1',
      cwd: '/srv/x',
    });
    expect((await put('/conversations/d1/title', { title: '  Plan  ' })).body.title).toBe('Plan');
    expect((await put('/conversations/d1/model', { model: 'test/endless' })).body.model).toBe('test/endless');
    expect((await put('/conversations/d1/model', { fallbackModels: ['test/echo'] })).body).toEqual({
      conversationId: 'd1',
      model: 'test/endless',
      fallbackModels: ['test/echo'],
    });
    expect((await put('/conversations/d1/model', { model: null })).body.model).toBeNull();
    await turn('d1');
    expect((await get('/conversations/d1/status')).body).toMatchObject({
      title: 'Plan',
      cwd: '/srv/x',
      status: 'idle',
    });
    expect((await put('/conversations/d1/title', { title: null })).body.title).toBeNull();
  });

  it.each<[string, unknown]>([
    ['cwd', {}],
    ['cwd', { cwd: '' }],
    ['cwd', { cwd: 7 }],
    ['cwd', []],
    ['cwd', 'null'],
    ['title', { title: 7 }],
    ['title', { title: 'x'.repeat(201) }],
    ['model', { fallbackModels: ['a/1', 'a/2', 'a/3', 'a/4', 'a/5', 'a/6'] }],
    ['model', { model: 7 }],
  ])('PUT %s %j is 400 and changes nothing', async (what, body) => {
    const before = await get('/conversations/bad/status');
    expect(await put(`/conversations/bad/${what}`, body)).toMatchObject({
      status: 400,
      body: { retryable: false },
    });
    expect((await get('/conversations/bad/status')).body).toEqual(before.body);
  });

  it('broken JSON and no JSON are told apart from a wrong field', async () => {
    expect((await put('/conversations/bad/cwd', '{"cwd"')).body.code).toBe('invalid-json');
    expect((await put('/conversations/bad/cwd', '{"__proto__":{}}')).body.code).toBe('invalid-request');
  });
});

describe('idempotency keys of settings', () => {
  it('D5, D6: a late repeat changes nothing and gets the answer of then; another wish under the key is 422', async () => {
    const path = '/conversations/keyed/title';
    const keyed = (title: string, key: string) =>
      put(path, { title }, { headers: { 'idempotency-key': key } });
    const first = await keyed('one', 'title-1');
    await put(path, { title: 'two' });
    expect(await keyed('one', 'title-1')).toMatchObject({ status: 200, body: first.body });
    expect((await get(path)).body.title).toBe('two');
    expect(await keyed('three', 'title-1')).toMatchObject({
      status: 422,
      body: { code: 'idempotency-mismatch' },
    });
    const elsewhere = await put(
      '/conversations/keyed/cwd',
      { cwd: '/a' },
      { headers: { 'idempotency-key': 'title-1' } },
    );
    expect(elsewhere.status).toBe(422);
    expect(await keyed('one', 'not a key')).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect((await get(path)).body.title).toBe('two');
    const close = () =>
      post('/conversations/keyed/close', undefined, { headers: { 'idempotency-key': 'close-1' } });
    await close();
    await turn('keyed', 'open again');
    await close();
    expect((await get('/conversations/keyed/status')).body.status).toBe('idle');
  });
});

describe('list, close and stop', () => {
  it('lists newest activity first in pages that chain without gap or repeat', async () => {
    for (const n of [1, 2, 3, 4, 5]) await turn(`list-${n}`, `Topic ${n}`);
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const { body } = await get(`/conversations?q=list-&limit=2&cursor=${cursor}`);
      seen.push(...body.conversations.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['list-5', 'list-4', 'list-3', 'list-2', 'list-1']);
    expect((await get('/conversations?q=tOPIC%203')).body.conversations).toMatchObject([
      { id: 'list-3', title: 'Topic 3' },
    ]);
    for (const query of ['limit=0', 'limit=201', 'status=open', 'cursor=x', 'cursor=e30']) {
      expect((await get(`/conversations?${query}`)).status).toBe(400);
    }
  });

  it('T5: close aborts, counts and says so; sending opens it again', async () => {
    const endless = { conversationId: 'cl', message: 'go', model: 'test/endless' };
    const { body } = await post('/internal/turns', endless);
    expect((await post('/internal/turns', { conversationId: 'cl', message: 'too' })).body).toEqual({
      outcome: 'busy',
      conversationId: 'cl',
      turnId: body.turnId,
    });
    const keyed = { headers: { 'idempotency-key': 'close-cl' } };
    const close = () => post('/conversations/cl/close', undefined, keyed);
    expect((await close()).body).toEqual({ conversationId: 'cl', abortedTurn: true });
    await over('cl');
    expect((await get('/conversations/cl/status')).body.status).toBe('closed');
    expect((await post('/conversations/cl/close')).body.abortedTurn).toBe(false);
    expect((await close()).body).toEqual({ conversationId: 'cl', abortedTurn: true });
    expect((await get('/conversations?status=closed&q=cl')).body.conversations).toHaveLength(1);
    await turn('cl', 'again', { model: 'test/echo' });
    expect((await get('/conversations/cl/status')).body.status).toBe('idle');
  });

  it('stop hits a named turn only by its own name', async () => {
    const { body } = await post('/internal/turns', {
      conversationId: 'st',
      message: 'go',
      model: 'test/endless',
    });
    expect((await post('/conversations/st/stop', { turnId: 'trn_other' })).body.stopped).toBe(false);
    expect((await post('/conversations/st/stop', { turnId: 7 })).status).toBe(400);
    const stopped = { conversationId: 'st', stopped: true, turnId: body.turnId };
    expect((await post('/conversations/st/stop', { turnId: body.turnId })).body).toEqual(stopped);
  });
});

describe('turns over rpc', () => {
  it('D5: one key and body make one turn, in parallel too; another body is 422', async () => {
    const message = { conversationId: 'idem', message: 'once' };
    const headers = { 'idempotency-key': 'k-1' };
    const answers = await Promise.all([1, 2, 3].map(() => post('/internal/turns', message, { headers })));
    expect(new Set(answers.map(({ body }) => body.turnId)).size).toBe(1);
    expect(answers.map(({ body }) => body.outcome).sort()).toEqual(['repeated', 'repeated', 'started']);
    const other = await post('/internal/turns', { ...message, message: 'twice', idempotencyKey: 'k-1' });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
  });

  it.each([
    {},
    { message: '' },
    { message: 7 },
    { message: 'x', conversationId: 'a/b' },
    { message: 'x', idempotencyKey: 'a b' },
  ])('T2: %j starts nothing', async (body) => {
    expect(await post('/internal/turns', body)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
  });
});

describe('A3: a foreign conversation', () => {
  it('reads as an unknown one and refuses every write in the same words', async () => {
    await turn('mine');
    for (const [path, empty] of [
      ['', { chunks: [], latestSeq: 0 }],
      ['/metrics', { turns: [] }],
      ['/title', { conversationId: 'mine', title: null }],
      ['/cwd', { conversationId: 'mine', cwd: null }],
      ['/model', { conversationId: 'mine', model: null, fallbackModels: [] }],
    ] as const) {
      expect((await get(`/conversations/mine${path}`, stranger)).body).toEqual(empty);
    }
    expect((await get('/conversations?q=mine', stranger)).body.conversations).toEqual([]);
    const closed = await post('/conversations/mine/close', undefined, stranger);
    expect(closed.body).toEqual({ conversationId: 'mine', abortedTurn: false });
    const stopped = await post('/conversations/mine/stop', undefined, stranger);
    expect(stopped.body).toEqual({ conversationId: 'mine', stopped: false, turnId: null });
    const refusals = await Promise.all([
      put('/conversations/mine/cwd', { cwd: '/' }, stranger),
      put('/conversations/mine/title', { title: 'x' }, stranger),
      put('/conversations/mine/model', { model: null }, stranger),
      post('/internal/turns', { conversationId: 'mine', message: 'x' }, stranger),
    ]);
    for (const { status, body } of refusals) {
      expect({ status, code: body.code, error: body.error }).toEqual({
        status: 404,
        code: 'not-found',
        error: 'there is no such conversation',
      });
    }
    expect((await get('/conversations/mine/status')).body).toMatchObject({ status: 'idle', title: 'hi' });
  });
});

describe('models, warm and throughput', () => {
  it('lists models; 502 only when every credential failed, without the provider’s words', async () => {
    expect((await get('/models')).body).toEqual({ models: ['test/echo', 'test/endless'] });
    const other = temporaryDataDir();
    const broken = { name: 'broken', provider: 'test' };
    const some = await startTestKernel(other, { credentials: [broken, { name: 'test', provider: 'test' }] });
    expect((await ask(other, 'GET', '/models')).body).toMatchObject({
      unavailable: [{ credential: 'broken' }],
    });
    await some.stop(0);
    const none = await startTestKernel(other, { credentials: [broken] });
    const { status, body } = await ask(other, 'GET', '/models');
    expect({ status, code: body.code }).toEqual({ status: 502, code: 'models-unavailable' });
    expect(JSON.stringify(body)).not.toContain('canary');
    await none.stop(0);
  });

  it('warming is unavailable where no extension answers it', async () => {
    expect(await post('/chat/warm', { conversationId: 'c' })).toMatchObject({
      status: 503,
      body: { code: 'warm-unavailable' },
    });
  });

  it('throughput counts sealed turns from every door and refuses impossible dates', async () => {
    await turn('t1');
    const today = new Date();
    const date = [today.getFullYear(), today.getMonth() + 1, today.getDate()]
      .map((part) => String(part).padStart(2, '0'))
      .join('-');
    const { body } = await get(`/metrics/throughput?period=day&date=${date}`);
    expect(body).toMatchObject({ period: 'day', date });
    const echo = body.models.find(({ model }: { model: string }) => model === 'test/echo');
    expect(echo.turns).toBeGreaterThan(0);
    expect(echo.totalOutputTokens).toBe(3 * echo.turns);
    for (const query of [
      '',
      'period=day',
      'period=year&date=2026-01-01',
      'period=day&date=2026-02-30',
      'period=month&date=2026-13',
    ]) {
      expect((await get(`/metrics/throughput?${query}`)).status).toBe(400);
    }
  });
});
