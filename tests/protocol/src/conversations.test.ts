import {
  type DispatchProcesses,
  eventually,
  request,
  startDispatch,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

const get = (path: string) => request(dispatch.httpUrl, 'GET', path);
const put = (path: string, body: unknown) => request(dispatch.httpUrl, 'PUT', path, body);

describe('an unknown conversation', () => {
  it.each([
    ['', { chunks: [], latestSeq: 0 }],
    ['?sinceSeq=7', { chunks: [], latestSeq: 7 }],
    ['?sinceSeq=', { chunks: [], latestSeq: 0 }],
    ['/metrics', { turns: [] }],
    ['/cwd', { conversationId: 'never-seen', cwd: null }],
    ['/title', { conversationId: 'never-seen', title: null }],
    ['/model', { conversationId: 'never-seen', model: null, fallbackModels: [] }],
    ['/lsp', { conversationId: 'never-seen', cwd: null, servers: [] }],
  ])('reads as empty: GET /conversations/never-seen%s', async (path, body) => {
    expect(await get(`/conversations/never-seen${path}`)).toMatchObject({ status: 200, body });
  });

  it('can be closed and stopped, and stays unknown', async () => {
    const close = await request(dispatch.httpUrl, 'POST', '/conversations/never-seen/close');
    expect(close).toMatchObject({ status: 200, body: { conversationId: 'never-seen', abortedTurn: false } });
    const stop = await request(dispatch.httpUrl, 'POST', '/conversations/never-seen/stop');
    expect(stop).toMatchObject({
      status: 200,
      body: { conversationId: 'never-seen', stopped: false, turnId: null },
    });
    expect((await get('/conversations?q=never-seen')).body.conversations).toEqual([]);
  });
});

describe('history', () => {
  it('Q2: any chain of reads gives the whole log, and windows are the newest of the selection', async () => {
    const id = crypto.randomUUID();
    for (const message of ['one', 'two', 'three']) {
      await streamChat(dispatch.httpUrl, { conversationId: id, message, model: 'demo/tools' });
    }
    const whole = (await get(`/conversations/${id}`)).body.chunks;
    expect(whole.length).toBeGreaterThan(8);
    for (const step of [1, 2, 5]) {
      const chained: unknown[] = [];
      for (let since = 0; since < whole.length; since += step) {
        const read = (await get(`/conversations/${id}?sinceSeq=${since}&beforeSeq=${since + step + 1}`)).body;
        chained.push(...read.chunks);
      }
      expect(chained).toEqual(whole);
    }
    const newest = (await get(`/conversations/${id}?limit=3`)).body;
    expect(newest.chunks).toEqual(whole.slice(-3));
    const before = (await get(`/conversations/${id}?limit=2&beforeSeq=5`)).body;
    expect(before.chunks.map((row: { seq: number }) => row.seq)).toEqual([3, 4]);
  });

  it.each([
    'sinceSeq=-1',
    'sinceSeq=1.5',
    'sinceSeq=x',
    'sinceSeq=1e999',
    'limit=0',
    'limit=-3',
    'beforeSeq=0',
    'beforeSeq=abc',
  ])('refuses %s with one clear error', async (query) => {
    const answer = await get(`/conversations/any?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'invalid-request', retryable: false });
    expect(answer.body.error).toContain(query.split('=')[0]);
  });
});

describe('the conversation list', () => {
  it('shows newest activity first, searches title and id, filters by status, pages without gap or repeat', async () => {
    const ids = Array.from({ length: 5 }, (_, index) => `list-${index}-${crypto.randomUUID()}`);
    for (const [index, id] of ids.entries()) {
      await streamChat(dispatch.httpUrl, {
        conversationId: id,
        message: `Paging number ${index} 100%`,
        model: 'demo/fast',
      });
    }
    const found = (await get('/conversations?q=paging%20NUMBER')).body.conversations;
    expect(found.map(({ id }: { id: string }) => id)).toEqual([...ids].reverse());
    expect(found[0]).toMatchObject({ title: 'Paging number 4 100%', status: 'idle', model: 'demo/fast' });
    expect((await get('/conversations?q=list-3')).body.conversations).toHaveLength(1);
    expect((await get('/conversations?q=0%25')).body.conversations).toHaveLength(5);
    expect((await get('/conversations?q=number_4')).body.conversations).toHaveLength(0);
    const paged: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { conversations: { id: string }[]; nextCursor: string | null } = (
        await get(
          `/conversations?q=Paging&limit=2${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        )
      ).body;
      paged.push(...page.conversations.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual([...ids].reverse());
    await request(dispatch.httpUrl, 'POST', `/conversations/${ids[0]}/close`);
    const closed = (await get('/conversations?status=closed&q=Paging')).body.conversations;
    expect(closed.map(({ id }: { id: string }) => id)).toEqual([ids[0]]);
    expect((await get('/conversations?status=nonsense')).status).toBe(400);
  });

  it('tells which conversation is active, and its title can be set and cleared', async () => {
    const id = `active-${crypto.randomUUID()}`;
    const running = streamChat(dispatch.httpUrl, {
      conversationId: id,
      message: 'slow one',
      model: 'demo/writer',
    });
    const status = await eventually('the turn', async () => {
      const { body } = await get(`/conversations/${id}/status`);
      return body.status === 'active' && body;
    });
    expect(status).toMatchObject({
      conversationId: id,
      status: 'active',
      title: 'slow one',
      model: 'demo/writer',
    });
    expect(status.turnId).toMatch(/^trn_/);
    expect((await get('/conversations?status=active')).body.conversations[0].id).toBe(id);
    expect((await put(`/conversations/${id}/title`, { title: '  A better name  ' })).body.title).toBe(
      'A better name',
    );
    expect((await get(`/conversations/${id}/title`)).body.title).toBe('A better name');
    await request(dispatch.httpUrl, 'POST', `/conversations/${id}/stop`);
    await running;
    expect((await get(`/conversations/${id}/status`)).body).toMatchObject({ status: 'idle', turnId: null });
    expect((await put(`/conversations/${id}/title`, { title: null })).body.title).toBe(null);
    expect((await put(`/conversations/${id}/title`, { title: 7 })).status).toBe(400);
  });
});

describe('cwd', () => {
  it('is set by PUT or by a message, and kept', async () => {
    const id = crypto.randomUUID();
    expect((await put(`/conversations/${id}/cwd`, { cwd: '/srv/a' })).body).toEqual({
      conversationId: id,
      cwd: '/srv/a',
    });
    await streamChat(dispatch.httpUrl, {
      conversationId: id,
      message: 'hi',
      model: 'demo/fast',
      cwd: '/srv/b',
    });
    expect((await get(`/conversations/${id}/cwd`)).body.cwd).toBe('/srv/b');
    for (const body of [{}, { cwd: '' }, { cwd: 1 }, [], null]) {
      expect((await put(`/conversations/${id}/cwd`, body)).status).toBe(400);
    }
  });
});

describe('what else answers', () => {
  it('warming, models, versions and health', async () => {
    const warm = await request(dispatch.httpUrl, 'POST', '/chat/warm', { conversationId: 'x' });
    expect(warm).toMatchObject({ status: 409, body: { code: 'nothing-to-warm' } });
    expect((await request(dispatch.httpUrl, 'POST', '/chat/warm', {})).status).toBe(400);
    const models = await get('/models');
    expect(models.body.models).toEqual(expect.arrayContaining(['demo/writer', 'demo/tools', 'demo/fast']));
    const version = await get('/version');
    expect(version.body).toMatchObject({
      gateway: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      contracts: { wire: expect.any(String) },
    });
    expect((await get('/health')).body).toEqual({ ok: true });
  });
});
