import type { FrameMemory } from './frame-memory.ts';
import type { UserFrame } from './user-frame.ts';

/** Events of one user that are kept in memory. */
export const WINDOW = 500;
const FIRST_PLACES = 32;

/** The newest events of one user, by number. A place costs one reference; their number grows with what happens. */
export class UserRing {
  readonly #memory: FrameMemory;
  #places: (UserFrame | undefined)[] = [];
  #first: number;
  #last: number;

  /** `last` is the number before the first that will be kept. */
  constructor(memory: FrameMemory, last: number) {
    this.#memory = memory;
    this.#first = last + 1;
    this.#last = last;
  }

  /** Newest number. */
  get last(): number {
    return this.#last;
  }

  /** Oldest number that is here; one above the newest when none is. */
  get first(): number {
    while (this.#first <= this.#last && this.#at(this.#first)?.isForgotten === true) this.#drop();
    return this.#first;
  }

  /** Takes the next one. */
  push(frame: UserFrame): void {
    if (this.#last - this.#first + 1 >= WINDOW) this.#drop();
    if (this.#last - this.#first + 1 >= this.#places.length) this.#grow();
    this.#last += 1;
    this.#places[this.#placeOf(this.#last)] = frame;
    this.#memory.hold(frame);
  }

  /** Undefined: it is not here. */
  get(seq: number): UserFrame | undefined {
    return seq >= this.first && seq <= this.#last ? this.#at(seq) : undefined;
  }

  /** Lets go of everything. */
  clear(): void {
    while (this.#first <= this.#last) this.#drop();
    this.#places = [];
  }

  #at(seq: number): UserFrame | undefined {
    return this.#places[this.#placeOf(seq)];
  }

  #placeOf(seq: number): number {
    return seq % this.#places.length;
  }

  #drop(): void {
    const place = this.#placeOf(this.#first);
    const frame = this.#places[place];
    this.#places[place] = undefined;
    this.#first += 1;
    if (frame !== undefined) this.#memory.release(frame);
  }

  #grow(): void {
    const held = [];
    for (let seq = this.#first; seq <= this.#last; seq += 1) held.push(this.#at(seq));
    const places = this.#places.length === 0 ? FIRST_PLACES : this.#places.length * 2;
    this.#places = new Array<UserFrame | undefined>(places).fill(undefined);
    for (const [index, frame] of held.entries()) this.#places[this.#placeOf(this.#first + index)] = frame;
  }
}
