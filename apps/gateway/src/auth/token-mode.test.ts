import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { openTestSocket, refusedUpgrade, type TestSocket } from '../__fixtures__/test-socket.ts';

const PAGE = 'https://console.example';

let test: TestGateway;
beforeEach(async () => {
  test = await startTestGateway({ config: { auth: { mode: 'token' }, allowedOrigins: [PAGE] } });
});
afterEach(() => test.stop());

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${test.httpUrl}${path}`, { headers });
const post = (path: string, headers: Record<string, string> = {}, body: unknown = {}) =>
  fetch(`${test.httpUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
const ready = (socket: TestSocket) => socket.next(({ type }) => type === 'catalog');

describe('a stranger', () => {
  it('S-01: sees that there is a gateway, and no more', async () => {
    for (const path of ['/health', '/readyz', '/version']) expect((await get(path)).status).toBe(200);
    for (const path of [
      '/models',
      '/conversations',
      '/conversations/c',
      '/x/dice/roll',
      '/metrics/throughput',
    ]) {
      const response = await get(path);
      expect([path, response.status, response.headers.get('www-authenticate')]).toEqual([
        path,
        401,
        'Bearer',
      ]);
      expect(await response.json()).toMatchObject({ code: 'unauthenticated', retryable: false });
    }
    expect((await post('/chat', {}, { message: 'hi' })).status).toBe(401);
    expect(test.kernel.requests.filter(({ path }) => path !== '/internal/ready')).toEqual([]);
  });

  it('S-08: gets no socket, not even for a moment', async () => {
    const refused = await refusedUpgrade(test.wsUrl);
    expect(refused).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(refused.headers['www-authenticate']).toBe('Bearer');
    expect((await refusedUpgrade(test.wsUrl, bearer('dsp_wrong'))).status).toBe(401);
    expect(test.gateway.sockets.count).toBe(0);
  });

  it.each(['dsp_wrong', 'x.y.z', 'ses-secret', ''])(
    'S-03: %j is no token, and every reason reads the same',
    async (secret) => {
      const response = await get('/models', bearer(secret));
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: 'Nothing here says who you are.' });
    },
  );

  it('S-16: cannot say who they are in a header of ours', async () => {
    const principal = Buffer.from('{"userId":"usr_owner","sessionId":"x","scopes":["admin"]}').toString(
      'base64url',
    );
    expect((await get('/models', { 'x-dispatch-principal': principal })).status).toBe(401);
  });
});

describe('a token', () => {
  it('is asked about once in five seconds, and its principal goes to the kernel', async () => {
    test.kernel.identity.allow('dsp_ann');
    for (let index = 0; index < 3; index += 1)
      expect((await get('/models', bearer('dsp_ann'))).status).toBe(200);
    expect(test.kernel.identity.asked).toEqual([{ kind: 'token', secret: 'dsp_ann' }]);
    const relayed = test.kernel.requests.filter(({ path }) => path === '/models');
    const principal = JSON.parse(
      Buffer.from(String(relayed[0]?.headers['x-dispatch-principal']), 'base64url').toString(),
    );
    expect(principal).toMatchObject({ userId: 'usr_ann', sessionId: 'tok_dsp_ann' });
  });

  it('S-11: does what its scopes allow: routes answer 403, frames are refused one by one', async () => {
    test.kernel.identity.allow('dsp_read', { scopes: ['chat:read'] });
    test.kernel.identity.allow('dsp_none', { scopes: ['metrics:read'] });
    expect((await get('/conversations', bearer('dsp_read'))).status).toBe(200);
    const refused = await post('/chat', bearer('dsp_read'), { message: 'hi' });
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'forbidden' }]);
    const socket = await openTestSocket(test.wsUrl, bearer('dsp_read'));
    await ready(socket);
    socket.send({ type: 'chat.send', id: '1', message: 'hi', conversationId: 'c' });
    expect(await socket.next(({ type }) => type === 'chat.error')).toMatchObject({
      code: 'forbidden',
      id: '1',
    });
    socket.send({ type: 'chat.subscribe', id: '2', conversationId: 'c' });
    await socket.next(({ type, id }) => type === 'ack' && id === '2');
    expect(test.kernel.store.turns).toEqual([]);
    test.kernel.surfaces.catalog = [{ id: 's', region: 'side', title: 'S' }];
    test.kernel.pushCatalog();
    const blind = await openTestSocket(test.wsUrl, bearer('dsp_none'));
    expect(await ready(blind)).toMatchObject({ catalog: [] });
    blind.send({ type: 'subscribe', id: '1', surfaceId: 's' });
    expect(await blind.next(({ type }) => type === 'error')).toMatchObject({ code: 'forbidden' });
  });

  it('WS1: each socket acts for its own person', async () => {
    test.kernel.identity.allow('dsp_ann');
    test.kernel.identity.allow('dsp_bob', { userId: 'usr_bob' });
    const ann = await openTestSocket(`${test.wsUrl}/ws/user/usr_ann`, bearer('dsp_ann'));
    const bob = await openTestSocket(test.wsUrl, bearer('dsp_bob'));
    expect(await ann.next(({ type }) => type === 'hello')).toMatchObject({ user: 'usr_ann' });
    expect(await bob.next(({ type }) => type === 'hello')).toMatchObject({ user: 'usr_bob' });
    expect((await refusedUpgrade(`${test.wsUrl}/ws/user/usr_ann`, bearer('dsp_bob'))).status).toBe(403);
  });

  it('A4: revoked, it closes its sockets and streams at once, and no other', async () => {
    test.kernel.identity.allow('dsp_ann');
    test.kernel.identity.allow('dsp_bob', { userId: 'usr_bob' });
    test.kernel.onTurn = (turn, body) => test.kernel.begin(turn, body.message);
    const ann = await openTestSocket(test.wsUrl, bearer('dsp_ann'));
    const bob = await openTestSocket(test.wsUrl, bearer('dsp_bob'));
    await Promise.all([ready(ann), ready(bob)]);
    const stream = await post('/chat', bearer('dsp_ann'), { message: 'hi' });
    test.kernel.identity.known.delete('dsp_ann');
    test.kernel.tell({ type: 'revoked', sessionIds: ['tok_dsp_ann'] });
    expect(await ann.closed).toBe(4401);
    expect(ann.frames.at(-1)).toEqual({ type: 'bye', code: 'signed-out', resume: false });
    await expect(stream.text()).rejects.toThrow();
    expect((await get('/models', bearer('dsp_ann'))).status).toBe(401);
    expect(bob.socket.readyState).toBe(bob.socket.OPEN);
  });

  it('A4: revoked while the kernel was away, its sockets are gone within five seconds of its return', async () => {
    test.kernel.identity.allow('dsp_ann');
    const socket = await openTestSocket(test.wsUrl, bearer('dsp_ann'));
    await ready(socket);
    await test.restartKernel();
    const since = performance.now();
    expect(await socket.closed).toBe(4401);
    expect(performance.now() - since).toBeLessThan(5_000);
  });

  it('S-09: expired, it closes its sockets at that moment', async () => {
    test.kernel.identity.allow('dsp_ann', { expiresAt: Date.now() + 2_000 });
    const socket = await openTestSocket(test.wsUrl, bearer('dsp_ann'));
    await ready(socket);
    expect(await socket.closed).toBe(4401);
    expect((await get('/models', bearer('dsp_ann'))).status).toBe(401);
  });
});

describe('a browser', () => {
  async function signIn(headers: Record<string, string> = { origin: PAGE }): Promise<string> {
    test.kernel.identity.allow('dsp_ann');
    const response = await post('/session', headers, { token: 'dsp_ann' });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ user: { id: 'usr_ann' }, session: { kind: 'session' } });
    return String(response.headers.get('set-cookie'));
  }

  it('signs in with a token and gets a cookie that no script and no other site can use', async () => {
    expect(await signIn()).toMatch(
      /^dispatch_session=ses-secret-1; Path=\/; Max-Age=3\d{3}; HttpOnly; SameSite=Lax$/,
    );
    expect((await post('/session', { origin: PAGE }, { token: 'dsp_wrong' })).status).toBe(401);
    expect((await post('/session', {}, { code: 'c', codeVerifier: 'v', redirectUri: 'r' })).status).toBe(400);
    expect((await post('/session', {}, { user: 'ann' })).status).toBe(400);
  });

  it('S-29: with its cookie reads from anywhere it is sent, and changes things only from a page that may', async () => {
    const cookie = (await signIn()).split(';')[0] ?? '';
    expect((await get('/models', { cookie })).status).toBe(200);
    const send = (headers: Record<string, string>) => post('/conversations/c/close', { cookie, ...headers });
    expect((await send({ origin: PAGE })).status).toBe(200);
    expect((await send({ origin: test.httpUrl })).status).toBe(200);
    for (const headers of [
      {},
      { origin: 'null' },
      { origin: 'https://evil.example' },
      { origin: 'http://localhost:1' },
    ]) {
      const response = await send(headers as Record<string, string>);
      expect([response.status, await response.json()]).toMatchObject([403, { code: 'forbidden-origin' }]);
    }
    const socket = await openTestSocket(test.wsUrl, { cookie, origin: PAGE });
    await ready(socket);
    expect((await refusedUpgrade(test.wsUrl, { cookie })).body).toMatchObject({ code: 'forbidden-origin' });
    expect((await refusedUpgrade(test.wsUrl, { cookie, origin: 'https://evil.example' })).status).toBe(403);
  });

  it('S-09: signs out: the cookie goes, and so do the sockets of the session', async () => {
    const cookie = (await signIn()).split(';')[0] ?? '';
    const socket = await openTestSocket(test.wsUrl, { cookie, origin: PAGE });
    await ready(socket);
    const response = await fetch(`${test.httpUrl}/session`, {
      method: 'DELETE',
      headers: { cookie, origin: PAGE },
    });
    expect([response.status, await response.json()]).toEqual([200, { revoked: true }]);
    expect(response.headers.get('set-cookie')).toMatch(/^dispatch_session=; Path=\/; Max-Age=0;/);
    expect(await socket.closed).toBe(4401);
    expect(test.kernel.requests.map(({ method, path }) => `${method} ${path}`)).toContain(
      'DELETE /sessions/ses_1',
    );
  });

  it('S-08: opens one socket with a ticket, once, from the page that got it', async () => {
    test.kernel.identity.allow('dsp_ann');
    const fresh = async (): Promise<string> => {
      const response = await post('/ws-ticket', { ...bearer('dsp_ann'), origin: PAGE });
      return ((await response.json()) as { ticket: string }).ticket;
    };
    const url = `${test.wsUrl}/ws?ticket=${await fresh()}`;
    const socket = await openTestSocket(url, { origin: PAGE });
    expect(await socket.next(({ type }) => type === 'hello')).toMatchObject({ user: 'usr_ann' });
    expect((await refusedUpgrade(url, { origin: PAGE })).status).toBe(401);
    expect((await refusedUpgrade(`${test.wsUrl}/ws?ticket=${await fresh()}`)).status).toBe(401);
    expect((await post(`/conversations/c/close?ticket=${await fresh()}`, { origin: PAGE })).status).toBe(200);
    expect((await get(`/models?ticket=${await fresh()}`)).status).toBe(401);
  });
});

it('a kernel that cannot be asked is no stranger: 503, and nobody is let in', async () => {
  test.kernel.kill();
  const response = await get('/models', bearer('dsp_ann'));
  expect([response.status, await response.json()]).toMatchObject([503, { code: 'kernel-unavailable' }]);
});
