import type { FrameMemory } from './frame-memory.ts';
import type { UserFrame } from './user-frame.ts';

/** Events of one user that are kept in memory. */
export const WINDOW = 500;
const BLOCK_PLACES = 32;

type Block = (UserFrame | undefined)[];

/**
 * The newest events of one user, by number. A place costs one reference; places come in blocks, as many as what happens needs. None is ever copied to a larger
 * one: what thousands of users would leave behind while they grow, the collector frees, but the system does not get it back.
 */
export class UserRing {
  readonly #memory: FrameMemory;
  /** The first one holds the oldest event. */
  readonly #blocks: Block[] = [];
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
    const spare = this.#last - this.#first + 1 >= WINDOW ? this.#drop() : undefined;
    const seq = this.#last + 1;
    if (this.#indexOf(seq) >= this.#blocks.length) {
      this.#blocks.push(spare ?? new Array<UserFrame | undefined>(BLOCK_PLACES).fill(undefined));
    }
    this.#last = seq;
    this.#put(seq, frame);
    this.#memory.hold(frame);
  }

  /** Undefined: it is not here. */
  get(seq: number): UserFrame | undefined {
    return seq >= this.first && seq <= this.#last ? this.#at(seq) : undefined;
  }

  /** Lets go of everything. */
  clear(): void {
    while (this.#first <= this.#last) this.#drop();
    this.#blocks.length = 0;
  }

  #at(seq: number): UserFrame | undefined {
    return this.#blocks[this.#indexOf(seq)]?.[seq % BLOCK_PLACES];
  }

  #put(seq: number, frame: UserFrame | undefined): void {
    const block = this.#blocks[this.#indexOf(seq)];
    if (block !== undefined) block[seq % BLOCK_PLACES] = frame;
  }

  /** Which of the blocks holds this number. */
  #indexOf(seq: number): number {
    return Math.floor(seq / BLOCK_PLACES) - Math.floor(this.#first / BLOCK_PLACES);
  }

  /** Lets go of the oldest; gives back the block whose last it was. */
  #drop(): Block | undefined {
    const frame = this.#at(this.#first);
    this.#put(this.#first, undefined);
    this.#first += 1;
    if (frame !== undefined) this.#memory.release(frame);
    return this.#first % BLOCK_PLACES === 0 ? this.#blocks.shift() : undefined;
  }
}
