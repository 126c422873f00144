import type { Seen } from './warming-world.ts';

/** A promise that was broken, by its name. */
class BrokenPromise extends Error {
  constructor(name: string, what: string) {
    super(`${name}: ${what}`);
    this.name = 'BrokenPromise';
  }
}

/** Throws {@link BrokenPromise} unless the condition holds. */
export function holds(name: string, condition: boolean, what: string): void {
  if (!condition) throw new BrokenPromise(name, what);
}

/** What can be seen at one moment. */
export interface Moment {
  readonly seen: Seen;
  readonly sent: number;
  readonly updates: number;
  readonly running: boolean;
  readonly flights: number;
  readonly row: string;
  /** Whether a turn runs, or one whose end the extension has not heard of. */
  readonly held: boolean;
  /** Events that wait. */
  readonly waiting: number;
}
