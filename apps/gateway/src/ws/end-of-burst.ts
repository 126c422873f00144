import type { Clock } from '../clock.ts';
import type { Departure, Flushable } from './end-of-turn.ts';

/** The longest that anything is held back for what comes behind it: less than one picture of a screen. */
const LONGEST_MS = 8;

/**
 * Calls everybody who asked once nothing more is written in a whole round of the event loop, so that what comes in one burst leaves together. Who is written
 * to now and then waits for one round; under load the pieces grow as the system calls saved are needed.
 */
export class EndOfBurst implements Departure {
  readonly #clock: Clock;
  #due: Flushable[] = [];
  #began = 0;
  #goesOn = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ask(one: Flushable): void {
    this.#goesOn = true;
    if (this.#due.push(one) > 1) return;
    this.#began = this.#clock.mono();
    setImmediate(() => this.#look());
  }

  goesOn(): void {
    this.#goesOn = true;
  }

  #look(): void {
    if (this.#goesOn && this.#clock.mono() - this.#began < LONGEST_MS) {
      this.#goesOn = false;
      setImmediate(() => this.#look());
      return;
    }
    const due = this.#due;
    this.#due = [];
    for (const one of due) one.flush();
  }
}
