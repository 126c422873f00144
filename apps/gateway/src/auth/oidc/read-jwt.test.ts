import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { OidcSettings } from '@dispatch/link';
import { exportSPKI, importJWK } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../clock.ts';
import { FakeIssuer } from './__fixtures__/fake-issuer.ts';
import { type Oidc, openOidc } from './open-oidc.ts';

let issuer: FakeIssuer;
let oidc: Oidc;
/** Milliseconds that are added to real time. */
let ahead = 0;
/** How many times as fast timers run. */
let speed = 1;
const clock: Clock = {
  wall: () => systemClock.wall() + ahead,
  mono: () => systemClock.mono() + ahead,
  after: (ms, callback) => systemClock.after(ms / speed, callback),
};
const now = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

beforeAll(async () => {
  issuer = await FakeIssuer.start();
});
afterAll(() => issuer.close());
beforeEach(() => {
  ahead = 0;
  speed = 1;
  const settings: OidcSettings = {
    issuer: issuer.url,
    audience: 'dispatch',
    clientId: 'dispatch',
    algorithms: ['ES256', 'EdDSA', 'RS256'],
  };
  oidc = openOidc(settings, clock);
  issuer.requests.length = 0;
});
afterEach(() => {
  issuer.manner = 'good';
  issuer.discovery = {};
});

describe('a token of the identity provider', () => {
  it('S-06: says who somebody is and until when', async () => {
    const exp = now() + 60;
    const token = await issuer.token({ jti: 'j1', name: ' Ann ', exp });
    expect(await oidc.readToken(token)).toEqual({
      kind: 'jwt',
      issuer: issuer.url,
      subject: 'ann',
      name: 'Ann',
      expiresAt: (exp + 30) * 1000,
      jwtId: 'j1',
    });
    const access = await oidc.readToken(await issuer.token({}, { typ: 'application/at+jwt' }));
    expect(access).toMatchObject({ subject: 'ann', jwtId: expect.stringMatching(/^[\w-]{43}$/) });
  });

  it.each([
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['another issuer', { iss: 'https://id.example' }],
    ['the issuer with a slash', { iss: 'slash' }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['no expiry', { exp: undefined }],
    ['no issue time', { iat: undefined }],
    ['expired beyond the tolerance', { exp: now() - 61 }],
    ['issued in the future', { iat: now() + 3_600, exp: now() + 7_200 }],
    ['not yet valid', { nbf: now() + 3_600 }],
    ['a life of more than a day', { exp: now() + 25 * 3_600 }],
  ])('S-06: is refused with %s', async (_what, claims) => {
    const own = 'iss' in claims && claims.iss === 'slash' ? { iss: `${issuer.url}/` } : claims;
    expect(await oidc.readToken(await issuer.token(own as Record<string, unknown>))).toBeUndefined();
  });

  it.each([undefined, '', 'logout+jwt', 'dpop+jwt', 'JWE'])(
    'S-06: is refused with the type %j',
    async (typ) => {
      expect(await oidc.readToken(await issuer.token({}, { typ }))).toBeUndefined();
    },
  );

  it('S-06: is good up to the tolerance and not a moment longer', async () => {
    const token = await issuer.token({ iat: now() - 60, exp: now() + 5 });
    ahead = 25_000;
    expect(await oidc.readToken(token)).toBeDefined();
    ahead = 60_000;
    expect(await oidc.readToken(token)).toBeUndefined();
  });

  it('S-06: is refused without a signature, and signed with the public key as a shared secret', async () => {
    const claims = { iss: issuer.url, aud: 'dispatch', sub: 'ann', iat: now(), exp: now() + 60 };
    const unsigned = `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`;
    expect(await oidc.readToken(unsigned)).toBeUndefined();
    const key = await importJWK(issuer.keys[0]?.publicJwk ?? {}, 'ES256', { extractable: true });
    const head = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'key-1' })}.${encode(claims)}`;
    const secret = await exportSPKI(key as Parameters<typeof exportSPKI>[0]);
    const mac = createHmac('sha256', secret).update(head).digest('base64url');
    expect(await oidc.readToken(`${head}.${mac}`)).toBeUndefined();
  });

  it('S-06: is refused with a key it brings itself, or names the place of', async () => {
    const other = await FakeIssuer.start();
    const [signer] = other.keys;
    const header = {
      jwk: signer?.publicJwk,
      jku: `${other.url}/keys`,
      x5u: `${other.url}/keys`,
      kid: 'key-1',
    };
    expect(await oidc.readToken(await issuer.token({}, header, signer))).toBeUndefined();
    expect(other.requests).toEqual([]);
    await other.close();
  });

  it.each(['../../etc/passwd', "' OR 1=1 --", 'key-1\u0000', ''])(
    'S-06: is refused with the key name %j',
    async (kid) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const signer = { kid, privateKey: privateKey as never, publicJwk: {} };
      expect(await oidc.readToken(await issuer.token({}, { kid }, signer))).toBeUndefined();
    },
  );

  it.each([
    '',
    'x',
    'a.b.c',
    'e30.e30.',
    `${'a'.repeat(1_000_000)}.b.c`,
    `${encode({ alg: 'ES256', crit: ['x'], x: 1 })}.e30.AA`,
  ])('S-06: is refused when it is none (%#)', async (text) => {
    expect(await oidc.readToken(text)).toBeUndefined();
  });

  it('S-06: is refused with another token inside, and with a signature of something else', async () => {
    const inner = await issuer.token();
    const [head = '', , signature = ''] = inner.split('.');
    expect(await oidc.readToken(`${head}.${encode(inner)}.${signature}`)).toBeUndefined();
    expect(await oidc.readToken(`${head}.${encode({ sub: 'root' })}.${signature}`)).toBeUndefined();
  });
});

describe('the keys of the identity provider', () => {
  it('S-07: are read once for ten minutes, and a new one is found by its name', async () => {
    const old = await issuer.token();
    for (let index = 0; index < 5; index += 1) expect(await oidc.readToken(old)).toBeDefined();
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
    await issuer.addKey('key-rotated');
    ahead = 31_000;
    expect(await oidc.readToken(await issuer.token())).toBeDefined();
    expect(issuer.keyRequests).toBe(2);
    ahead += 10 * 60_000;
    await oidc.readToken(await issuer.token({ exp: now() + 3_600 }));
    expect(issuer.keyRequests).toBe(3);
  });

  it('S-07: a flood of names nobody knows costs one request in thirty seconds', async () => {
    const good = await issuer.token();
    expect(await oidc.readToken(good)).toBeDefined();
    ahead = 31_000;
    const flood = await Promise.all(
      Array.from({ length: 200 }, (_, index) => issuer.token({}, { kid: `x${index}` })),
    );
    expect(await Promise.all(flood.map((token) => oidc.readToken(token)))).toEqual(
      flood.map(() => undefined),
    );
    for (const token of flood) await oidc.readToken(token);
    expect(issuer.keyRequests).toBe(2);
    expect(await oidc.readToken(good)).toBeDefined();
  });

  it('S-07: go on working for a day while the provider is away, then nobody gets in', async () => {
    const later = (hours: number) =>
      issuer.token({ iat: now() + hours * 3_600, exp: now() + hours * 3_600 + 600 });
    expect(await oidc.readToken(await issuer.token())).toBeDefined();
    issuer.manner = 'down';
    ahead = 23 * 3_600_000;
    expect(await oidc.readToken(await later(23))).toBeDefined();
    ahead = 25 * 3_600_000;
    await expect(oidc.readToken(await later(25))).rejects.toThrow('no usable answer');
    issuer.manner = 'good';
    ahead += 6_000;
    expect(await oidc.readToken(await later(25))).toBeDefined();
  });

  it.each(['down', 'silent', 'elsewhere', 'huge'] as const)(
    'S-07: a provider that is %s lets nobody in',
    async (manner) => {
      issuer.manner = manner;
      speed = 50;
      await expect(oidc.readToken(await issuer.token())).rejects.toThrow('no usable answer');
      expect(issuer.requests).toEqual(['/.well-known/openid-configuration']);
    },
  );

  it.each([
    { issuer: 'https://other.example' },
    { jwks_uri: 'http://10.0.0.1/keys' },
    { token_endpoint: 'file:///etc/passwd' },
    { jwks_uri: 'not a url' },
  ])('S-07: a provider that points elsewhere lets nobody in: %j', async (discovery) => {
    issuer.discovery = discovery;
    await expect(oidc.readToken(await issuer.token())).rejects.toThrow(/another issuer|not https/);
  });
});
