import { describe, expect, it } from 'vitest';
import { HeldClock } from '../__fixtures__/held-clock.ts';
import { Alarms } from '../alarms.ts';
import { GRACE_MS, HEARTBEAT_MS, Heartbeat } from './heartbeat.ts';

function setUp(fraction = 1) {
  const clock = new HeldClock();
  const seen = { beats: 0, deadAt: -1 };
  const owner = {
    beat: () => {
      seen.beats += 1;
    },
    died: () => {
      seen.deadAt = clock.mono();
    },
  };
  const heartbeat = new Heartbeat({ clock, alarms: new Alarms(clock) }, owner, fraction);
  return { clock, heartbeat, seen };
}

describe('Heartbeat', () => {
  it.each([0, 0.5, 0.999])('R5: a silent peer is found within 35 s (first beat at %d)', (fraction) => {
    const { clock, seen } = setUp(fraction);
    clock.advance(HEARTBEAT_MS + GRACE_MS);
    expect(seen.beats).toBe(1);
    expect(seen.deadAt).toBeGreaterThanOrEqual(GRACE_MS);
    expect(seen.deadAt).toBeLessThanOrEqual(HEARTBEAT_MS + GRACE_MS);
  });

  it('R5: a peer that falls silent later is found within 35 s of its last sign', () => {
    const { clock, heartbeat, seen } = setUp(0);
    for (let beat = 0; beat < 5; beat += 1) {
      clock.advance(1_000);
      heartbeat.heard();
      clock.advance(HEARTBEAT_MS - 1_000);
    }
    const lastSign = clock.mono() - HEARTBEAT_MS + 1_000;
    clock.advance(60_000);
    expect(seen.deadAt - lastSign).toBeLessThanOrEqual(HEARTBEAT_MS + GRACE_MS);
  });

  it('anything heard within the grace keeps the peer alive, and beats come every 25 s', () => {
    const { clock, heartbeat, seen } = setUp(1);
    for (let beat = 1; beat <= 20; beat += 1) {
      clock.advance(HEARTBEAT_MS);
      expect(seen.beats).toBe(beat);
      clock.advance(0);
      heartbeat.heard();
    }
    expect(seen.deadAt).toBe(-1);
  });

  it('a gateway that stood still itself does not blame its peers at once', () => {
    const { clock, heartbeat, seen } = setUp(0);
    clock.advance(0);
    clock.freeze(300_000);
    expect(seen.deadAt).toBe(-1);
    heartbeat.heard();
    clock.advance(GRACE_MS);
    expect(seen.deadAt).toBe(-1);
  });

  it('leaves no timer behind', () => {
    const { clock, heartbeat } = setUp();
    heartbeat.stop();
    expect(clock.pending).toBe(0);
  });
});
