import { beforeEach, describe, expect, it } from 'vitest';
import { HeldClock } from '../__fixtures__/held-clock.ts';
import type { KnownCaller, Standing } from './authenticator.ts';
import { CallerCache } from './caller-cache.ts';
import { CredentialWatches } from './credential-watches.ts';

let clock: HeldClock;
let cache: CallerCache;
let watches: CredentialWatches;
let ended: string[];
let standing: Standing;
let asked: number;
beforeEach(() => {
  clock = new HeldClock();
  cache = new CallerCache(clock);
  watches = new CredentialWatches({ clock, cache, ids: { mint: () => '', fraction: () => 0.5 } });
  ended = [];
  standing = 'good';
  asked = 0;
});

function known(sessionId: string, userId = 'usr_a', expiresAt: number | null = null): KnownCaller {
  return {
    ok: true,
    askedAt: clock.mono(),
    caller: {
      principal: { userId, sessionId, scopes: [] },
      user: { id: userId, name: 'A', role: 'member' },
      kind: 'token',
      expiresAt,
    },
    standing: () => {
      asked += 1;
      return Promise.resolve(standing);
    },
  };
}

const watch = (one: KnownCaller) =>
  watches.watch(one, { signedOut: () => ended.push(one.caller.principal.sessionId) });
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('what stays open ends with its credential', () => {
  it('S-09: at the moment it expires, also when that is months away', async () => {
    const months = 100 * 24 * 3_600_000;
    watch(known('tok_1', 'usr_a', clock.wall() + 1_000));
    watch(known('tok_2', 'usr_a', clock.wall() + months));
    clock.advance(999);
    expect(ended).toEqual([]);
    clock.advance(1);
    expect(ended).toEqual(['tok_1']);
    for (let day = 0; day < 3; day += 1) {
      clock.advance(24 * 3_600_000);
      await settle();
    }
    expect(ended).toEqual(['tok_1']);
    expect(watches.size).toBe(1);
  });

  it('A4: at once when it is revoked, by its id or with its person, and nobody else', () => {
    for (const one of [known('tok_1'), known('tok_2'), known('tok_3', 'usr_b')]) watch(one);
    watches.revoked({ type: 'revoked', sessionIds: ['tok_2'] });
    expect(ended).toEqual(['tok_2']);
    watches.revoked({ type: 'revoked', userIds: ['usr_b', 'usr_nobody'] });
    expect(ended).toEqual(['tok_2', 'tok_3']);
    expect(watches.size).toBe(1);
  });

  it('A4: also when the revocation overtook the answer that let it in', () => {
    const overtaken = known('tok_1');
    clock.advance(1);
    watches.revoked({ type: 'revoked', sessionIds: ['tok_1'] });
    clock.advance(1);
    watch(overtaken);
    watch(known('tok_1'));
    expect(ended).toEqual([]);
    clock.advance(0);
    expect(ended).toEqual(['tok_1']);
    expect(watches.size).toBe(1);
  });

  it('S-09: the kernel is asked again at least every five minutes, and who is unknown to it goes', async () => {
    watch(known('tok_1'));
    clock.advance(5 * 60_000);
    await settle();
    expect([asked, ended]).toEqual([1, []]);
    standing = 'unknown';
    clock.advance(5 * 60_000);
    await settle();
    expect([asked, ended]).toEqual([2, []]);
    standing = 'over';
    clock.advance(5 * 60_000);
    await settle();
    expect([asked, ended]).toEqual([3, ['tok_1']]);
    expect(clock.pending).toBe(0);
  });

  it('A4: within five seconds after the link was broken, since a revocation may have been lost with it', async () => {
    watch(known('tok_1'));
    cache.keep({ via: 'bearer', secret: 'x' }, { caller: known('tok_1').caller, askedAt: clock.mono() });
    standing = 'over';
    watches.recheckAll();
    expect(cache.size).toBe(0);
    clock.advance(5_000);
    await settle();
    expect(ended).toEqual(['tok_1']);
  });

  it('A4: also of whom was known before the link broke, and was let in behind it', async () => {
    const early = known('tok_1');
    const remembered = { caller: early.caller, askedAt: clock.mono() };
    clock.advance(10);
    watches.recheckAll();
    // The answer was under way when everybody was forgotten.
    cache.keep({ via: 'bearer', secret: 'x' }, remembered);
    expect(cache.size).toBe(0);
    standing = 'over';
    watch(early);
    clock.advance(5_000);
    await settle();
    expect(ended).toEqual(['tok_1']);
  });

  it('L3: nothing is left of what was closed before', () => {
    watch(known('tok_1')).stop();
    watches.revoked({ type: 'revoked', sessionIds: ['tok_1'] });
    expect([ended, watches.size, clock.pending]).toEqual([[], 0, 0]);
  });
});
