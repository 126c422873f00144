import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask } from '../__fixtures__/kernel-client.ts';
import { silentLog, startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import type { Kernel, KernelAdapters } from '../kernel.ts';
import { tamper } from '../storage/__fixtures__/tamper.ts';
import { asPerson, newToken, newUser, shiftedClock, showToken } from './__fixtures__/people.ts';
import type { AuditRow } from './people-store.ts';

async function started(dataDir: string, adapters: Partial<KernelAdapters> = {}): Promise<Kernel> {
  const kernel = await startTestKernel(dataDir, {}, adapters);
  onTestFinished(() => kernel.stop(0));
  return kernel;
}

/** The trail, when everything that was noted so far is in it. */
async function trailOf(dataDir: string): Promise<readonly AuditRow[]> {
  const read = async () => (await ask(dataDir, 'GET', '/audit?limit=500')).body.entries.length;
  let before = await read();
  await expect
    .poll(async () => {
      const now = await read();
      const isSettled = now === before;
      before = now;
      return isSettled;
    })
    .toBe(true);
  return (await ask(dataDir, 'GET', '/audit?limit=500')).body.entries;
}

const brief = ({ actor, action, target }: AuditRow) => [actor, action, target];

describe('S-60: the audit trail', () => {
  it('has who did what, in order, and neither secrets nor what was said', async () => {
    const dataDir = temporaryDataDir();
    await started(dataDir);
    const ada = await newUser(dataDir, 'Ada');
    const { secret, id } = await newToken(dataDir, ada, { scopes: ['chat:read', 'chat:write'] });
    const hers = await asPerson(dataDir, secret);
    await showToken(dataDir, 'dsp_canary', '192.0.2.9');
    const body = { conversationId: 'c1', message: 'canary of the message', model: 'test/echo' };
    await ask(dataDir, 'POST', '/internal/turns', { ...hers, body });
    await ask(dataDir, 'POST', '/conversations/c1/close', hers);
    await ask(dataDir, 'GET', '/users', hers);
    await ask(dataDir, 'GET', '/users', hers);
    await ask(dataDir, 'DELETE', `/tokens/${id}`, hers);
    await ask(dataDir, 'PUT', `/users/${ada}`, { body: { disabled: true } });
    const trail = await trailOf(dataDir);
    expect(trail.map(({ seq }) => seq)).toEqual(trail.map((_, at) => at + 1));
    const seen = trail.map(brief);
    for (const entry of [
      ['kernel', 'user.created', 'usr_owner'],
      ['kernel', 'kernel.started', null],
      ['operator', 'user.created', ada],
      ['operator', 'token.created', id],
      [ada, 'sign-in', null],
      ['anonymous', 'sign-in.failed', null],
      [ada, 'conversation.closed', 'c1'],
      [ada, 'policy.denied', 'users.list'],
      [ada, 'token.revoked', id],
      ['usr_owner', 'user.changed', ada],
      ['usr_owner', 'admin.used', 'audit.read'],
    ]) {
      expect(seen.filter((one) => String(one) === String(entry))).toEqual([entry]);
    }
    expect(JSON.stringify(trail)).not.toMatch(/canary|dsp_tok/);
    const page = await ask(dataDir, 'GET', '/audit?since=2&limit=3');
    expect(page.body.entries.map(({ seq }: AuditRow) => seq)).toEqual([3, 4, 5]);
  });

  it('S-05: names what a token was made with, so that what a leaked one made can be found', async () => {
    const dataDir = temporaryDataDir();
    await started(dataDir);
    const ada = await newUser(dataDir, 'Ada');
    const { secret, id } = await newToken(dataDir, ada, { scopes: ['chat:read'] });
    const body = { name: 'child', scopes: ['chat:read'] };
    const made = await ask(dataDir, 'POST', '/tokens', { ...(await asPerson(dataDir, secret)), body });
    const trail = await trailOf(dataDir);
    const created = trail.filter(({ action }) => action === 'token.created');
    expect(created.map(({ target, detail }) => [target, detail['madeWith']])).toEqual([
      [id, 'operator'],
      [made.body.token.id, id],
    ]);
  });

  it.each([
    ['changed', "update audit set actor = 'nobody' where seq = 3", 3],
    ['taken out', 'delete from audit where seq = 3', 3],
    ['cut off', 'delete from audit where seq >= 4', 4],
    ['moved', 'update audit set target = actor, actor = target where seq = 3', 3],
  ])('an entry that was %s is found at the next start, which waits for nothing', async (_, sql, entry) => {
    const dataDir = temporaryDataDir();
    const first = await started(dataDir);
    await newUser(dataDir, 'Ada');
    await newUser(dataDir, 'Bob');
    await first.stop(0);
    tamper(dataDir, sql);
    const told: object[] = [];
    await started(dataDir, { log: { ...silentLog, error: (fields) => void told.push(fields) } });
    await expect.poll(() => told).toMatchObject([{ entry }]);
    await expect
      .poll(async () => (await trailOf(dataDir)).find(({ action }) => action === 'audit.damaged'))
      .toMatchObject({ actor: 'kernel', detail: { entry } });
  });

  it('a whole one of more than a page is told of by nobody', async () => {
    const dataDir = temporaryDataDir();
    const first = await started(dataDir);
    for (let at = 0; at < 520; at += 1) await newUser(dataDir, `user ${at}`);
    await first.stop(0);
    const told: object[] = [];
    await started(dataDir, { log: { ...silentLog, error: (fields) => void told.push(fields) } });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(told).toEqual([]);
    expect(readFileSync(join(dataDir, 'pepper'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it('S-61: who is refused again and again is in it once a minute', async () => {
    const dataDir = temporaryDataDir();
    const clock = shiftedClock();
    await started(dataDir, { clock });
    const asked = { scopes: ['chat:read'] };
    const denials = async () =>
      (await trailOf(dataDir)).filter(({ action }) => action === 'policy.denied').length;
    for (let at = 0; at < 20; at += 1) await ask(dataDir, 'GET', '/users', asked);
    expect(await denials()).toBe(1);
    clock.shift(60_001);
    for (let at = 0; at < 20; at += 1) await ask(dataDir, 'GET', '/users', asked);
    expect(await denials()).toBe(2);
  });
});
