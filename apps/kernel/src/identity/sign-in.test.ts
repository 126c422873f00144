import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import { systemIds } from '../ids.ts';
import type { Kernel } from '../kernel.ts';
import { newToken, newUser, shiftedClock, show, showToken } from './__fixtures__/people.ts';
import { mintSecret } from './token-format.ts';

const clock = shiftedClock();
const dataDir = temporaryDataDir();
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startTestKernel(dataDir, { oidcOwner: 'boss' }, { clock });
});
afterAll(() => kernel.stop(0));

const jwt = (subject: string, more: object = {}) => ({
  kind: 'jwt' as const,
  issuer: 'https://idp.example',
  subject,
  expiresAt: clock.wall() + 60_000,
  jwtId: `jti-${subject}`,
  ...more,
});

describe('S-10: failed sign-ins', () => {
  const wrong = () => mintSecret(systemIds.mint('tok'), systemIds);

  it('are told to wait after ten in ten minutes from one network, whatever they show', async () => {
    const address = (at: number) => `203.0.113.${at}`;
    for (let at = 0; at < 10; at += 1) {
      expect((await showToken(dataDir, wrong(), address(at))).status).toBe(401);
    }
    const limited = await showToken(dataDir, wrong(), address(99));
    expect(limited).toMatchObject({ status: 429, body: { code: 'rate-limited', retryable: true } });
    const wait = Number(limited.headers['retry-after']);
    expect(wait).toBeGreaterThan(590);
    expect(wait).toBeLessThanOrEqual(600);
    expect((await showToken(dataDir, wrong(), '198.51.100.1')).status).toBe(401);
    clock.shift(600_001);
    expect((await showToken(dataDir, wrong(), address(99))).status).toBe(401);
  });

  it('are counted by token, too, and keep nobody out who has the right one', async () => {
    const { secret, id } = await newToken(dataDir, 'usr_owner');
    const statuses: number[] = [];
    for (let at = 0; at < 11; at += 1) {
      statuses.push((await showToken(dataDir, mintSecret(id, systemIds), `10.${at}.0.1`)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
    expect((await showToken(dataDir, secret, '10.0.0.1')).status).toBe(200);
  });
});

describe('people of an identity provider', () => {
  it('are made on first sight, as members, and stay the same person', async () => {
    const first = await show(dataDir, jwt('ada', { name: 'Ada' }));
    expect(first.body).toMatchObject({ kind: 'jwt', user: { name: 'Ada', role: 'member' } });
    expect(first.body.principal.scopes).toEqual(['signed-in', 'chat:read', 'chat:write']);
    expect(first.body.principal.sessionId).toMatch(/^jwt_[0-9a-f]{32}$/);
    const [again, together, elsewhere] = await Promise.all([
      show(dataDir, jwt('ada')),
      show(dataDir, jwt('ada', { jwtId: 'other' })),
      show(dataDir, jwt('ada', { issuer: 'https://other.example' })),
    ]);
    expect(again.body.user).toEqual(first.body.user);
    expect(together.body.user.id).toBe(first.body.user.id);
    expect(elsewhere.body.user.id).not.toBe(first.body.user.id);
  });

  it('the one that the operator named is the owner; what expired is nobody', async () => {
    const boss = await show(dataDir, jwt('boss'));
    expect(boss.body).toMatchObject({ user: { id: 'usr_owner', role: 'owner' } });
    expect(boss.body.principal.scopes).toContain('admin');
    expect((await show(dataDir, jwt('boss', { expiresAt: clock.wall() - 1 }))).status).toBe(401);
  });
});

describe('S-09: what is made with a JWT', () => {
  it('a ticket ends with it, a session by its own limit or when the gateway says', async () => {
    const expiresAt = clock.wall() + 120_000;
    const { principal } = (await show(dataDir, jwt('ada', { expiresAt }))).body;
    const place = { origin: null, address: '192.0.2.7' };
    const made = await ask(dataDir, 'POST', '/internal/identity/tickets', { ...principal, body: place });
    const redeemed = await ask(dataDir, 'POST', '/internal/identity/tickets/redeem', {
      body: { ...place, ticket: made.body.ticket },
    });
    expect(redeemed.body).toMatchObject({ kind: 'jwt', expiresAt, principal });
    const session = async (ends: number | null) => {
      const body = { address: place.address, expiresAt: ends };
      return (await ask(dataDir, 'POST', '/internal/identity/sessions', { ...principal, body })).body.session;
    };
    expect((await session(expiresAt)).expiresAt).toBe(expiresAt);
    expect((await session(null)).expiresAt).toBeGreaterThan(expiresAt);
    clock.shift(120_000);
    expect((await ask(dataDir, 'GET', '/me', principal)).status).toBe(401);
  });
});

describe('S-08: tickets', () => {
  const PLACE = { origin: 'https://app.example', address: '192.0.2.7' };
  const principal = { userId: 'usr_owner', sessionId: 'local' };
  const issue = async () =>
    (await ask(dataDir, 'POST', '/internal/identity/tickets', { ...principal, body: PLACE })).body.ticket;
  const redeem = (ticket: string, place: object = {}) =>
    ask(dataDir, 'POST', '/internal/identity/tickets/redeem', { body: { ...PLACE, ...place, ticket } });

  it('are good once, for 30 s, from the same page and network', async () => {
    const ticket = await issue();
    expect(await redeem(ticket, { address: '192.0.2.200' })).toMatchObject({
      status: 200,
      body: { user: { id: 'usr_owner' }, principal: { sessionId: 'local' } },
    });
    expect((await redeem(ticket)).status).toBe(401);
    const late = await issue();
    clock.shift(30_000);
    expect((await redeem(late)).status).toBe(401);
    for (const place of [{ origin: null }, { origin: 'https://evil.example' }, { address: '192.0.3.7' }]) {
      const stolen = await issue();
      expect((await redeem(stolen, place)).status).toBe(401);
      expect((await redeem(stolen)).status).toBe(401);
    }
  });

  it('are void when what they were asked with is revoked meanwhile', async () => {
    const user = await newUser(dataDir, 'Eve');
    const { id } = await newToken(dataDir, user);
    const hers = { userId: user, sessionId: id, scopes: ['chat:read'] };
    const { body } = await ask(dataDir, 'POST', '/internal/identity/tickets', { ...hers, body: PLACE });
    await ask(dataDir, 'DELETE', `/tokens/${id}`, { userId: user });
    expect((await redeem(body.ticket)).status).toBe(401);
  });
});
