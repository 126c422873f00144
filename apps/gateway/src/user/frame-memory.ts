import type { UserFrame } from './user-frame.ts';

/** What all rings together may hold. */
const CAP_BYTES = 256 * 1024 * 1024;

/** Counts the frames that rings hold, each once; over the cap the oldest are given up, and every window becomes shorter. */
export class FrameMemory {
  readonly #capBytes: number;
  #bytes = 0;
  #oldest: UserFrame | undefined;
  #newest: UserFrame | undefined;

  constructor(capBytes = CAP_BYTES) {
    this.#capBytes = capBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A ring takes the frame. */
  hold(frame: UserFrame): void {
    frame.holders += 1;
    if (frame.holders > 1 || frame.isForgotten) return;
    frame.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = frame;
    else this.#newest.newer = frame;
    this.#newest = frame;
    this.#bytes += frame.bytes;
    while (this.#bytes > this.#capBytes && this.#oldest !== undefined) {
      this.#oldest.isForgotten = true;
      this.#unlink(this.#oldest);
    }
  }

  /** A ring lets go of the frame. */
  release(frame: UserFrame): void {
    frame.holders -= 1;
    if (frame.holders === 0 && !frame.isForgotten) this.#unlink(frame);
  }

  #unlink(frame: UserFrame): void {
    if (frame.older === undefined) this.#oldest = frame.newer;
    else frame.older.newer = frame.newer;
    if (frame.newer === undefined) this.#newest = frame.older;
    else frame.newer.older = frame.older;
    frame.older = undefined;
    frame.newer = undefined;
    this.#bytes -= frame.bytes;
  }
}
