import type { OidcSettings } from '@dispatch/link';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../__fixtures__/test-gateway.ts';
import { openTestSocket } from '../../__fixtures__/test-socket.ts';
import { FakeIssuer } from './__fixtures__/fake-issuer.ts';

let issuer: FakeIssuer;
let test: TestGateway;
beforeEach(async () => {
  issuer = await FakeIssuer.start();
  const oidc: OidcSettings = {
    issuer: issuer.url,
    audience: 'api',
    clientId: 'dispatch',
    clientSecret: 's3cret',
    algorithms: ['ES256'],
  };
  test = await startTestGateway({ config: { auth: { mode: 'oidc', oidc } } });
});
afterEach(async () => {
  await test.stop();
  await issuer.close();
});

const get = (token: string) =>
  fetch(`${test.httpUrl}/models`, { headers: { authorization: `Bearer ${token}` } });
const signIn = (body: unknown) =>
  fetch(`${test.httpUrl}/session`, { method: 'POST', body: JSON.stringify(body) });
const code = (value: string) => ({
  code: value,
  codeVerifier: 'v'.repeat(43),
  redirectUri: 'https://console.example/back',
});

describe('auth mode oidc', () => {
  it('lets in whom the provider and the kernel know, by request and by socket', async () => {
    test.kernel.identity.allow('ann');
    const token = await issuer.token({ aud: 'api', jti: 'j1' });
    expect((await get(token)).status).toBe(200);
    expect(test.kernel.identity.asked).toMatchObject([{ kind: 'jwt', subject: 'ann', jwtId: 'j1' }]);
    const socket = await openTestSocket(test.wsUrl, { authorization: `Bearer ${token}` });
    expect(await socket.next(({ type }) => type === 'hello')).toMatchObject({ user: 'usr_ann' });
    expect((await get(await issuer.token({ aud: 'api', sub: 'bob' }))).status).toBe(401);
    expect((await get(await issuer.token({ aud: 'dispatch' }))).status).toBe(401);
  });

  it('tokens of our own are as good as in auth mode token', async () => {
    test.kernel.identity.allow('dsp_ann');
    expect((await get('dsp_ann')).status).toBe(200);
    expect(issuer.requests).toEqual([]);
  });

  it('says 502 while the provider is away, and lets nobody in', async () => {
    issuer.manner = 'down';
    const response = await get(await issuer.token({ aud: 'api' }));
    expect([response.status, await response.json()]).toMatchObject([502, { code: 'provider-unavailable' }]);
  });

  it('signs a browser in with the code it brought back, which is for this client and proves itself', async () => {
    test.kernel.identity.allow('ann');
    issuer.idToken = await issuer.token({ aud: 'dispatch' });
    const response = await signIn(code('good-code'));
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toMatch(/^dispatch_session=ses-secret-1;/);
    const [exchange] = issuer.exchanges;
    expect(Object.fromEntries(exchange?.form ?? [])).toEqual({
      grant_type: 'authorization_code',
      code: 'good-code',
      code_verifier: 'v'.repeat(43),
      redirect_uri: 'https://console.example/back',
    });
    expect(exchange?.authorization).toBe(`Basic ${Buffer.from('dispatch:s3cret').toString('base64')}`);
    const { body } = test.kernel.requests.find(({ path }) => path === '/internal/identity/sessions') ?? {};
    expect(JSON.parse(body ?? '')).toMatchObject({ expiresAt: null });
  });

  it('refuses a code that is not good, and a token that is for somebody else', async () => {
    test.kernel.identity.allow('ann');
    expect((await signIn(code('stolen'))).status).toBe(401);
    issuer.idToken = await issuer.token({ aud: 'api' });
    expect((await signIn(code('good-code'))).status).toBe(401);
    issuer.idToken = 'nonsense';
    expect((await signIn(code('good-code'))).status).toBe(401);
    expect(test.kernel.requests.map(({ path }) => path)).not.toContain('/internal/identity/sessions');
  });
});
