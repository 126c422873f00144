import { headerBytes, writeTextHeader } from '../user/text-header.ts';
import { UserFrame } from '../user/user-frame.ts';

/** Bounds of one message that holds several frames. A single frame above the first goes alone. */
export const BATCH_BYTES = 64 * 1024;
export const BATCH_FRAMES = 256;
const NEWLINE = 0x0a;

/** A message of several frames: with its header, and without. */
export interface BatchMessage {
  readonly bytes: Buffer;
  readonly text: Buffer;
}

/** Frames that leave together, separated by newlines, which no frame contains. */
export class Batch {
  #frames: (Buffer | UserFrame)[] = [];
  #numbers: number[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  hasRoomFor(frame: Buffer | UserFrame): boolean {
    return this.#frames.length < BATCH_FRAMES && this.#bytes + lengthOf(frame) + 1 <= BATCH_BYTES;
  }

  /** `seq` is the number of a user's frame. */
  add(frame: Buffer | UserFrame, seq = 0): void {
    if (this.#frames.length > 0) this.#bytes += 1;
    this.#frames.push(frame);
    this.#numbers.push(seq);
    this.#bytes += lengthOf(frame);
  }

  /** Everything so far as one message, with the bytes of its header in front. */
  take(): BatchMessage {
    const header = headerBytes(this.#bytes);
    const bytes = Buffer.allocUnsafe(header + this.#bytes);
    writeTextHeader(bytes, this.#bytes);
    let at = header;
    for (const [index, frame] of this.#frames.entries()) {
      if (index > 0) {
        bytes[at] = NEWLINE;
        at += 1;
      }
      if (frame instanceof UserFrame) frame.copyText(bytes, at, this.#numbers[index] ?? 0);
      else frame.copy(bytes, at);
      at += lengthOf(frame);
    }
    this.#frames = [];
    this.#numbers = [];
    this.#bytes = 0;
    return { bytes, text: bytes.subarray(header) };
  }
}

function lengthOf(frame: Buffer | UserFrame): number {
  return frame instanceof UserFrame ? frame.textBytes : frame.length;
}
