import type { Random } from '../random.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

/** How far a jumped clock is off the true one, in milliseconds. */
export interface Jump {
  readonly name: string;
  readonly offsetMs: number;
}

/** A computer without a battery starts here. */
export const unset = (): Jump => ({ name: 'unset', offsetMs: -Date.now() + 2_000 });

/** Every jump the fault matrix names; each is to be followed by the way back. */
export function namedJumps(): readonly Jump[] {
  return [
    { name: '+1 h', offsetMs: HOUR_MS },
    { name: '-1 h', offsetMs: -HOUR_MS },
    { name: '+25 h', offsetMs: 25 * HOUR_MS },
    { name: '+3 days', offsetMs: 3 * DAY_MS },
    { name: '-10 years', offsetMs: -10 * YEAR_MS },
    { name: '2100', offsetMs: Date.UTC(2100, 0, 1) - Date.now() },
    unset(),
  ];
}

/** Back and forth by up to some seconds, as a time server that corrects does. */
export function smallJump(random: Random): Jump {
  return { name: 'small', offsetMs: random.integer(-5_000, 5_000) };
}

/** The named ones in a random order with the true time between them, as often as wanted, and small ones in between. */
export function* walk(random: Random): Generator<Jump> {
  for (;;) {
    const left = [...namedJumps()];
    while (left.length > 0) {
      const [jump] = left.splice(random.integer(0, left.length - 1), 1);
      if (jump !== undefined) yield jump;
      if (random.chance(0.4)) yield smallJump(random);
      if (random.chance(0.5)) yield { name: 'true time', offsetMs: 0 };
    }
  }
}
