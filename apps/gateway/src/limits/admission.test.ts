import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { HeldClock } from '../__fixtures__/held-clock.ts';
import { clientAddress, readTrust } from '../http/client-address.ts';
import { Admission, type Place } from './admission.ts';
import { type Limits, readLimits } from './limits.ts';
import { UnsentBudget } from './unsent-budget.ts';

const from = (address: string, url = '/ws') =>
  ({ url, socket: { remoteAddress: address } }) as unknown as IncomingMessage;

function admission(limits: Partial<Limits> = {}, clock = new HeldClock()): Admission {
  const addressOf = clientAddress(readTrust([]));
  return new Admission({ limits: { ...readLimits(undefined, 'token'), ...limits }, clock, addressOf });
}

function enter(into: Admission, address = '10.0.0.1', url?: string): Place {
  const place = into.enter(from(address, url));
  if ('code' in place) throw new Error(place.code);
  return place;
}

describe('admission', () => {
  it('S-22: counts an address until its places are left, and no other', () => {
    const into = admission({ connectionsPerAddress: 2 });
    const first = enter(into);
    enter(into);
    expect(into.enter(from('10.0.0.1'))).toMatchObject({ code: 'rate-limited', retryAfterMs: 5_000 });
    enter(into, '10.0.0.2');
    first.leave();
    first.leave();
    enter(into);
    expect(into.enter(from('10.0.0.1'))).toMatchObject({ code: 'rate-limited' });
  });

  it('S-22: counts a person over all their addresses', () => {
    const into = admission({ connectionsPerUser: 1 });
    const first = enter(into, '10.0.0.1');
    expect(first.claim('ann')).toBeUndefined();
    expect(enter(into, '10.0.0.2').claim('ann')).toMatchObject({ code: 'rate-limited' });
    expect(enter(into, '10.0.0.2').claim('bob')).toBeUndefined();
    first.leave();
    expect(enter(into, '10.0.0.3').claim('ann')).toBeUndefined();
  });

  it('S-22: nobody is counted for who left in the middle of the handshake', () => {
    const into = admission({ connectionsPerUser: 1 });
    const early = enter(into);
    early.leave();
    early.claim('ann');
    expect(enter(into).claim('ann')).toBeUndefined();
  });

  it('RT-23: handshakes under way are bounded, and the last places are for who comes back', () => {
    const into = admission({ handshakes: 4 });
    const under = [enter(into), enter(into), enter(into)];
    expect(into.enter(from('10.0.0.1'))).toMatchObject({ code: 'overloaded', retryAfterMs: 1_000 });
    enter(into, '10.0.0.1', '/ws?resume=e.4');
    expect(into.enter(from('10.0.0.1', '/ws?a=1&resume_from=4'))).toMatchObject({ code: 'overloaded' });
    for (const place of under) place.settled();
    enter(into);
  });

  it('RT-23: new connections are bounded in a second, resumes last', () => {
    const clock = new HeldClock();
    const into = admission({ connectionsPerSecond: 8 }, clock);
    for (let index = 0; index < 6; index += 1) enter(into).settled();
    const late = into.enter(from('10.0.0.1'));
    expect(late).toMatchObject({ code: 'overloaded', retryAfterMs: 125 });
    for (let index = 0; index < 2; index += 1) enter(into, '10.0.0.1', '/ws?resume=e.4').settled();
    expect(into.enter(from('10.0.0.1', '/ws?resume=e.4'))).toMatchObject({ code: 'overloaded' });
    clock.advance(1_000);
    enter(into);
  });

  it('S-22: who opens one connection after the other uses up their own rate, and not that of others', () => {
    const clock = new HeldClock();
    const into = admission({}, clock);
    let entered = 0;
    for (let at = 0; at < 2_000; at += 1) {
      const place = into.enter(from('10.0.0.1', '/ws?resume=x.1'));
      if ('code' in place) expect(place).toMatchObject({ code: 'rate-limited' });
      else {
        entered += 1;
        place.leave();
      }
      clock.advance(1);
      if (at % 100 === 0) enter(into, `10.0.1.${at / 100}`).settled();
    }
    expect(entered).toBeLessThan(250);
    clock.advance(1_000);
    enter(into);
  });

  it('L1: never more than the process has room for', () => {
    const into = admission({ connections: 2 });
    const first = enter(into);
    enter(into);
    expect(into.enter(from('10.0.0.9', '/ws?resume=e.1'))).toMatchObject({ code: 'overloaded' });
    first.leave();
    enter(into);
  });
});

describe('what waits for all readers together', () => {
  it('S-23: above the budget the one that holds most is given up, and only as many as it takes', () => {
    const clock = new HeldClock();
    const budget = new UnsentBudget(1_000_000, clock);
    const shed: number[] = [];
    for (const unsent of [300_000, 500_000, 400_000, 20_000, 10_000]) {
      const reader = { unsent: () => unsent, shed: () => shed.push(unsent) };
      budget.note(reader, unsent);
    }
    expect(shed).toEqual([]);
    clock.advance(250);
    expect(shed).toEqual([500_000]);
    clock.advance(1_000);
    expect(shed).toEqual([500_000]);
  });

  it('L3: nobody is looked at any more who keeps up or is gone', () => {
    const clock = new HeldClock();
    const budget = new UnsentBudget(10, clock);
    let unsent = 100_000;
    const caughtUp = { unsent: () => unsent, shed: () => expect.fail('it keeps up') };
    const gone = { unsent: () => 100_000, shed: () => expect.fail('it is gone') };
    budget.note(caughtUp, unsent);
    budget.note(gone, unsent);
    unsent = 0;
    budget.forget(gone);
    clock.advance(250);
    expect(clock.pending).toBe(0);
  });
});
