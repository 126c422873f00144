import type { ExtensionClock } from '../host.ts';

/** Two clocks that stand still until they are told: the time of day, which may jump, and one that only ever goes on. */
export class VirtualClock implements ExtensionClock {
  #wall: number;
  #mono = 0;

  constructor(startAt: number) {
    this.#wall = startAt;
  }

  now(): number {
    return this.#wall;
  }

  mono(): number {
    return this.#mono;
  }

  /** Time passes on both clocks. */
  pass(ms: number): void {
    this.#wall += ms;
    this.#mono += ms;
  }

  /** Somebody sets the time of day; no time passes. */
  jump(ms: number): void {
    this.#wall += ms;
  }
}
