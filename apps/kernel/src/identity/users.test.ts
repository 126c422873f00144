import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, openLink } from '../__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import type { Kernel } from '../kernel.ts';
import { asPerson, newToken, newUser, show, showToken } from './__fixtures__/people.ts';

const dataDir = temporaryDataDir();
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startTestKernel(dataDir);
});
afterAll(() => kernel.stop(0));

const change = (userId: string, body: object) => ask(dataDir, 'PUT', `/users/${userId}`, { body });

describe('people', () => {
  it('the first is the owner of the instance, who stays it', async () => {
    const { body } = await ask(dataDir, 'GET', '/users');
    expect(body.users).toMatchObject([{ id: 'usr_owner', name: 'Owner', role: 'owner', disabledAt: null }]);
    for (const asked of [{ disabled: true }, { role: 'member' }]) {
      expect((await change('usr_owner', asked)).body.code).toBe('invalid-request');
    }
    expect((await change('usr_owner', { name: 'Ada' })).body.user).toMatchObject({
      name: 'Ada',
      role: 'owner',
    });
    expect((await change('usr_nobody', { name: 'x' })).status).toBe(404);
  });

  it('S-16: a member never is an administrator, whatever the token says', async () => {
    const user = await newUser(dataDir, 'Bob', 'admin');
    const { secret } = await newToken(dataDir, user, { scopes: ['admin', 'chat:read', 'metrics:read'] });
    expect((await asPerson(dataDir, secret)).scopes).toEqual([
      'signed-in',
      'chat:read',
      'metrics:read',
      'admin',
    ]);
    await change(user, { role: 'member' });
    expect((await asPerson(dataDir, secret)).scopes).toEqual(['signed-in', 'chat:read']);
  });

  it('S-16: an administrator makes and changes no owner', async () => {
    const [admin, member] = [await newUser(dataDir, 'Root', 'admin'), await newUser(dataDir, 'Max')];
    const { secret } = await newToken(dataDir, admin, { scopes: ['admin'] });
    const who = await asPerson(dataDir, secret);
    const asked = [
      ask(dataDir, 'POST', '/users', { ...who, body: { name: 'x', role: 'owner' } }),
      ask(dataDir, 'PUT', `/users/${admin}`, { ...who, body: { role: 'owner' } }),
      ask(dataDir, 'PUT', '/users/usr_owner', { ...who, body: { name: 'x' } }),
    ];
    for (const { status, body } of await Promise.all(asked))
      expect([status, body.code]).toEqual([403, 'forbidden']);
    const made = await ask(dataDir, 'PUT', `/users/${member}`, { ...who, body: { role: 'admin' } });
    expect(made.body.user.role).toBe('admin');
  });

  it('A4: who is disabled has nothing left, every gateway is told, and enabling gives nothing of it back', async () => {
    const user = await newUser(dataDir, 'Eve');
    const { secret, id } = await newToken(dataDir, user);
    const principal = await asPerson(dataDir, secret);
    const link = openLink(dataDir);
    await expect.poll(() => link.frames.length).toBe(1);
    const { body } = await change(user, { disabled: true });
    expect(body.user.disabledAt).toBeGreaterThan(0);
    await expect
      .poll(() => link.frames.at(-1))
      .toEqual({ type: 'revoked', userIds: [user], sessionIds: [id] });
    expect((await showToken(dataDir, secret)).status).toBe(401);
    expect((await ask(dataDir, 'GET', '/conversations', principal)).status).toBe(401);
    const provider = {
      kind: 'jwt',
      issuer: 'i',
      subject: 'eve',
      expiresAt: Date.now() + 60_000,
      jwtId: 'j',
    } as const;
    const other = (await show(dataDir, provider)).body.user.id;
    await change(other, { disabled: true });
    expect((await show(dataDir, provider)).status).toBe(401);
    await change(user, { disabled: false });
    expect((await showToken(dataDir, secret)).status).toBe(401);
    expect((await showToken(dataDir, (await newToken(dataDir, user)).secret)).status).toBe(200);
    link.socket.destroy();
  });

  it('A4: what was revoked stays so over a restart', async () => {
    const user = await newUser(dataDir, 'Kim');
    const { secret, id } = await newToken(dataDir, user);
    const principal = await asPerson(dataDir, secret);
    await ask(dataDir, 'DELETE', `/tokens/${id}`, { userId: user });
    await kernel.stop(0);
    kernel = await startTestKernel(dataDir);
    expect((await ask(dataDir, 'GET', '/conversations', principal)).status).toBe(401);
    expect((await showToken(dataDir, secret)).status).toBe(401);
  });

  it('one is told of one’s own sessions alone, and ends them', async () => {
    const [ada, bob] = [await newUser(dataDir, 'Ada'), await newUser(dataDir, 'Bob')];
    const begin = async (userId: string) => {
      const { secret } = await newToken(dataDir, userId);
      const body = { address: '::1', expiresAt: null };
      const asked = { ...(await asPerson(dataDir, secret)), body };
      return (await ask(dataDir, 'POST', '/internal/identity/sessions', asked)).body;
    };
    const [hers, his] = [await begin(ada), await begin(bob)];
    const asAda = hers.verified.principal;
    const list = async () => (await ask(dataDir, 'GET', '/sessions', asAda)).body.sessions;
    expect(await list()).toMatchObject([{ id: hers.session.id, current: true }]);
    expect((await ask(dataDir, 'DELETE', `/sessions/${his.session.id}`, asAda)).status).toBe(404);
    expect((await ask(dataDir, 'GET', '/me', asAda)).body).toMatchObject({
      user: { id: ada },
      session: { id: hers.session.id, kind: 'session' },
    });
    expect((await ask(dataDir, 'DELETE', `/sessions/${hers.session.id}`, asAda)).body.revoked).toBe(true);
    expect((await show(dataDir, { kind: 'session', secret: hers.secret })).status).toBe(401);
    expect((await show(dataDir, { kind: 'session', secret: his.secret })).status).toBe(200);
  });
});
