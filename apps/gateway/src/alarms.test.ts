import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldClock } from './__fixtures__/held-clock.ts';
import { type Alarm, Alarms, NOT_SET } from './alarms.ts';

interface Noted extends Alarm {
  readonly rung: number[];
}

function alarmOf(clock: HeldClock): Noted {
  const rung: number[] = [];
  return { rung, dueAt: 0, place: NOT_SET, ring: () => rung.push(clock.mono()) };
}

describe('Alarms', () => {
  it('ring as timers of their own would, whatever is set, set anew and cancelled', () => {
    const step = fc.record({
      alarm: fc.nat({ max: 7 }),
      ms: fc.option(fc.nat({ max: 50 }), { nil: undefined }),
      pass: fc.nat({ max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [clock, plain] = [new HeldClock(), new HeldClock()];
        const alarms = new Alarms(clock);
        const ours = Array.from({ length: 8 }, () => alarmOf(clock));
        const expected: number[][] = ours.map(() => []);
        const cancels: (() => void)[] = ours.map(() => () => undefined);
        for (const { alarm, ms, pass } of steps) {
          const [one, rung] = [ours[alarm], expected[alarm]];
          if (one === undefined || rung === undefined) continue;
          cancels[alarm]?.();
          if (ms === undefined) alarms.cancel(one);
          else {
            alarms.set(one, ms);
            cancels[alarm] = plain.after(ms, () => rung.push(plain.mono()));
          }
          clock.advance(pass);
          plain.advance(pass);
        }
        clock.advance(100);
        plain.advance(100);
        expect(ours.map(({ rung }) => rung)).toEqual(expected);
        expect(clock.pending).toBe(0);
      }),
    );
  });

  it('take one timer together, and none when nobody waits', () => {
    const clock = new HeldClock();
    const alarms = new Alarms(clock);
    const many = Array.from({ length: 100 }, () => alarmOf(clock));
    for (const [index, alarm] of many.entries()) alarms.set(alarm, 1_000 - index);
    expect(clock.pending).toBe(1);
    for (const alarm of many) alarms.cancel(alarm);
    expect(clock.pending).toBe(0);
  });

  it('may be set again while they ring', () => {
    const clock = new HeldClock();
    const alarms = new Alarms(clock);
    const again: Alarm & { rings: number } = {
      dueAt: 0,
      place: NOT_SET,
      rings: 0,
      ring() {
        this.rings += 1;
        alarms.set(this, 10);
      },
    };
    alarms.set(again, 10);
    clock.advance(100);
    expect(again.rings).toBe(10);
    expect(clock.pending).toBe(1);
  });
});
