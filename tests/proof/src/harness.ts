import type { Random } from './random.ts';

/** One kind of attack on a real installation or a real part of one. */
export interface Harness {
  /** Kebab-case; what `npm run proof -- <name>` takes. */
  readonly name: string;
  /** Ids of the promises it attacks; the README says what each means. */
  readonly proves: readonly string[];
  /** Mistakes it has been seen to catch; at least one. `npm run proof -- --planted` makes each in a copy and expects a failure. */
  readonly plantedBugs: readonly PlantedBug[];
  /** Attacks, counts what it did and tells what broke. A throw is a failure too. */
  run(attack: Attack): Promise<void>;
}

/** What a harness is given to work with and to tell its findings to. */
export interface Attack {
  /** False: the short setting, some tens of seconds. True: the long one, minutes. */
  readonly long: boolean;
  /** All chance of the harness comes from here, so that a printed seed repeats it as far as the machine's timing allows. */
  readonly random: Random;
  /** Adds to a figure. Figures are printed while the harness runs and at its end. */
  count(figure: string, by?: number): void;
  /** A figure must have reached this in the end: an attack that hardly happened proves nothing. */
  floor(figure: string, atLeast: number): void;
  /** A promise that was broken. Begins with its id: `D1: …`. */
  violation(text: string): void;
  /** A line for the report: something measured, never something hoped for. */
  note(text: string): void;
}

/** A mistake made on purpose, to see the harness fail. */
export interface PlantedBug {
  /** What is wrong, as whoever made the mistake would say. */
  readonly mistake: string;
  /** File of the checkout the mistake is made in. */
  readonly file: string;
  /** Text that occurs exactly once in it. A test sees to it that it goes on doing so. */
  readonly find: string;
  readonly replace: string;
}
