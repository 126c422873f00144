import { setImmediate as round } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { HeldClock } from '../__fixtures__/held-clock.ts';
import { EndOfBurst } from './end-of-burst.ts';

function started() {
  const clock = new HeldClock();
  const burst = new EndOfBurst(clock);
  const flushed: string[] = [];
  const one = (name: string) => ({ flush: () => void flushed.push(name) });
  return { clock, burst, flushed, one };
}

it('RT-14: waits while more is written in each round, and calls everybody once when a round was silent', async () => {
  const { burst, flushed, one } = started();
  burst.ask(one('a'));
  for (let count = 0; count < 5; count += 1) {
    if (count === 2) burst.ask(one('b'));
    else burst.goesOn();
    await round();
    expect(flushed).toEqual([]);
  }
  await round();
  await round();
  expect(flushed).toEqual(['a', 'b']);
  burst.goesOn();
  await round();
  expect(flushed).toEqual(['a', 'b']);
});

it('RT-14: holds nothing back for longer than 8 ms, however much goes on', async () => {
  const { clock, burst, flushed, one } = started();
  burst.ask(one('a'));
  for (let ms = 0; ms < 8; ms += 1) {
    await round();
    expect(flushed).toEqual([]);
    clock.advance(1);
    burst.goesOn();
  }
  await round();
  expect(flushed).toEqual(['a']);
  burst.ask(one('a'));
  await round();
  expect(flushed).toEqual(['a']);
});
