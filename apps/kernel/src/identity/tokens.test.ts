import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import { systemIds } from '../ids.ts';
import type { Kernel } from '../kernel.ts';
import { tamper } from '../storage/__fixtures__/tamper.ts';
import { asPerson, newToken, newUser, shiftedClock, show, showToken } from './__fixtures__/people.ts';
import { mintSecret } from './token-format.ts';

const DAY_MS = 24 * 3_600_000;
const clock = shiftedClock();
const dataDir = temporaryDataDir();
let kernel: Kernel;
let ada: string;

const listed = async (userId: string) => (await ask(dataDir, 'GET', '/tokens', { userId })).body.tokens;

beforeAll(async () => {
  kernel = await startTestKernel(dataDir, {}, { clock });
  ada = await newUser(dataDir, 'Ada');
});
afterAll(() => kernel.stop(0));

describe('API tokens', () => {
  it('S-04: nothing that is stored holds the secret, and the pepper is a private file of its own', async () => {
    const { secret } = await newToken(dataDir, ada);
    const digits = secret.split('_')[3] ?? '';
    const files = ['dispatch.db', 'dispatch.db-wal'].map((name) => readFileSync(join(dataDir, name)));
    expect(digits.length).toBe(43);
    expect(files.some((bytes) => bytes.includes(digits))).toBe(false);
    expect(statSync(join(dataDir, 'pepper')).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(await listed(ada))).not.toMatch(/secret|[0-9a-f]{64}/);
  });

  it('S-04: an unknown id, a wrong secret, a typo and another kind are one answer', async () => {
    const { secret, id } = await newToken(dataDir, ada);
    const wrong = [
      mintSecret(systemIds.mint('tok'), systemIds),
      mintSecret(id, systemIds),
      `${secret.slice(0, -1)}x`,
      'nonsense',
    ];
    const answers = await Promise.all(wrong.map((one, at) => showToken(dataDir, one, `198.51.100.${at}`)));
    answers.push(await show(dataDir, { kind: 'session', secret }, '198.51.100.9'));
    for (const { status, body } of answers) {
      const { requestId, ...told } = body;
      expect(requestId).toMatch(/^req_/);
      expect([status, told]).toEqual([
        401,
        { ...answers[0]?.body, requestId: undefined, code: 'unauthenticated' },
      ]);
    }
    expect((await showToken(dataDir, secret)).status).toBe(200);
  });

  it('S-05: has its scopes and expires after 90 days, or after as many as were asked for', async () => {
    const usual = await newToken(dataDir, ada, { scopes: ['chat:read', 'chat:write'] });
    const short = await newToken(dataDir, ada, { expiresInDays: 1 });
    const answer = (await showToken(dataDir, usual.secret)).body;
    expect(answer).toMatchObject({
      kind: 'token',
      user: { id: ada, name: 'Ada', role: 'member' },
      principal: { userId: ada, sessionId: usual.id, scopes: ['signed-in', 'chat:read', 'chat:write'] },
    });
    expect(Math.round((answer.expiresAt - clock.wall()) / DAY_MS)).toBe(90);
    clock.shift(DAY_MS + 1);
    expect((await showToken(dataDir, short.secret)).status).toBe(401);
    expect((await showToken(dataDir, usual.secret)).status).toBe(200);
  });

  it('S-05: its last use is known to the minute', async () => {
    const { secret, id } = await newToken(dataDir, ada);
    const lastUsed = async () =>
      (await listed(ada)).find((token: { id: string }) => token.id === id)?.lastUsedAt;
    expect(await lastUsed()).toBeNull();
    await showToken(dataDir, secret);
    const first = await lastUsed();
    expect(first % 60_000).toBe(0);
    expect(clock.wall() - first).toBeLessThan(61_000);
    clock.shift(120_000);
    await showToken(dataDir, secret);
    expect(await lastUsed()).toBe(first + 120_000);
  });

  it('S-05: revoked it is over at once, and so are the sessions it started', async () => {
    const { secret, id } = await newToken(dataDir, ada);
    const principal = await asPerson(dataDir, secret);
    const begun = { address: '192.0.2.7', expiresAt: null, userAgent: 'x'.repeat(300) };
    const session = await ask(dataDir, 'POST', '/internal/identity/sessions', { ...principal, body: begun });
    expect(session.body.session).toMatchObject({ current: true, userAgent: 'x'.repeat(200) });
    const cookie = session.body.secret;
    expect((await show(dataDir, { kind: 'session', secret: cookie })).body).toMatchObject({
      kind: 'session',
      principal: { userId: ada, sessionId: session.body.session.id },
    });
    expect((await ask(dataDir, 'DELETE', `/tokens/${id}`, principal)).body).toEqual({ revoked: true });
    expect((await showToken(dataDir, secret)).status).toBe(401);
    expect((await show(dataDir, { kind: 'session', secret: cookie })).status).toBe(401);
    // What a gateway still remembers of it is nobody's any more.
    expect((await ask(dataDir, 'GET', '/me', principal)).status).toBe(401);
    expect((await ask(dataDir, 'DELETE', `/tokens/${id}`, { userId: ada })).body).toEqual({ revoked: false });
  });

  it('S-16: nobody makes a token with more than they have, or revokes one that is not theirs', async () => {
    const { secret } = await newToken(dataDir, ada);
    const own = await asPerson(dataDir, secret);
    const more = { name: 'more', scopes: ['chat:write'] };
    expect((await ask(dataDir, 'POST', '/tokens', { ...own, body: more })).body.code).toBe('forbidden');
    const admin = { name: 'more', scopes: ['admin'] };
    const asOperator = { userId: ada, sessionId: 'operator', body: admin };
    expect((await ask(dataDir, 'POST', '/tokens', asOperator)).body.code).toBe('forbidden');
    const others = await newToken(dataDir, 'usr_owner');
    const foreign = await ask(dataDir, 'DELETE', `/tokens/${others.id}`, own);
    const unknown = await ask(dataDir, 'DELETE', `/tokens/${systemIds.mint('tok')}`, own);
    const told = ({ status, body }: typeof foreign) => [status, body.code, body.error];
    expect(told(foreign)).toEqual(told(unknown));
    expect(told(foreign)[0]).toBe(404);
  });

  it('a damaged row is no token, and says so in the log', async () => {
    const { secret, id } = await newToken(dataDir, ada);
    tamper(dataDir, `update api_token set scopes = '["admin"]' where id = '${id}'`);
    expect((await showToken(dataDir, secret)).status).toBe(401);
    expect((await listed(ada)).some((token: { id: string }) => token.id === id)).toBe(false);
  });
});
