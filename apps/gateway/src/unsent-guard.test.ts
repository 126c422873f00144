import { expect, it } from 'vitest';
import { HeldClock } from './__fixtures__/held-clock.ts';
import { UNSENT_CAP_BYTES, UnsentGuard } from './unsent-guard.ts';

function setUp() {
  const clock = new HeldClock();
  const state = { unsent: 0, full: 0 };
  const guard = new UnsentGuard({
    clock,
    unsent: () => state.unsent,
    onFull: () => {
      state.full += 1;
    },
  });
  const write = (bytes: number): void => {
    state.unsent += bytes;
    guard.check();
  };
  return { clock, state, guard, write };
}

it('L1: who is over 1 MiB and stays there is dropped, once', () => {
  const { clock, state, write } = setUp();
  write(UNSENT_CAP_BYTES);
  clock.advance(10_000);
  expect(state.full).toBe(0);
  write(1);
  clock.advance(100);
  expect(state.full).toBe(1);
  write(20 * UNSENT_CAP_BYTES);
  clock.advance(1_000);
  expect(state.full).toBe(1);
});

it('L1: nobody gets 16 MiB held, not even for an instant', () => {
  const { state, write } = setUp();
  for (let count = 0; count < 17; count += 1) write(UNSENT_CAP_BYTES);
  expect(state.full).toBe(1);
});

it('one large event does not drop a client that reads', () => {
  const { clock, state, write } = setUp();
  for (let count = 0; count < 5; count += 1) {
    write(3 * UNSENT_CAP_BYTES);
    clock.advance(50);
    state.unsent = 0;
    clock.advance(50);
  }
  expect(state.full).toBe(0);
  expect(clock.pending).toBe(0);
});

it('leaves no timer behind', () => {
  const { clock, guard, write } = setUp();
  write(2 * UNSENT_CAP_BYTES);
  guard.stop();
  expect(clock.pending).toBe(0);
});
