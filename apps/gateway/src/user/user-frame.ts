import type { UserFrameBody } from '@dispatch/link';
import { headerBytes, writeTextHeader } from './text-header.ts';

/** Room for the number: as many digits as the largest safe integer has. JSON allows blanks behind a number. */
const SLOT_BYTES = 16;
/** What an object with its buffer costs beside the bytes of the message. */
const OVERHEAD_BYTES = 300;
const BLANK = 0x20;
const ZERO = 0x30;

/**
 * One event on its way to any number of users, each of whom knows it by another number. Encoded once, as the bytes of a whole WebSocket message in which only
 * the number is missing.
 */
export class UserFrame {
  readonly #message: Buffer;
  readonly #header: number;
  readonly #slot: number;
  #seq = -1;
  #numbered: Buffer | undefined;
  /** Rings that hold it, and its neighbours in the order of arrival; all kept by `FrameMemory`. */
  holders = 0;
  older: UserFrame | undefined;
  newer: UserFrame | undefined;
  /** Given up for want of memory: no ring may give it out any more. */
  isForgotten = false;

  constructor(body: UserFrameBody) {
    const before = `{"type":"${body.type}","seq":`;
    const behind = body.type === 'user.event' ? `,"event":${JSON.stringify(body.event)}}` : '}';
    const length = before.length + SLOT_BYTES + Buffer.byteLength(behind, 'utf8');
    this.#header = headerBytes(length);
    this.#slot = this.#header + before.length;
    this.#message = Buffer.alloc(this.#header + length, BLANK);
    writeTextHeader(this.#message, length);
    this.#message.write(before, this.#header, 'latin1');
    this.#message.write(behind, this.#slot + SLOT_BYTES, 'utf8');
  }

  /** Bytes it keeps in memory. */
  get bytes(): number {
    return this.#message.length + OVERHEAD_BYTES;
  }

  /** Bytes of the text alone. */
  get textBytes(): number {
    return this.#message.length - this.#header;
  }

  /** The whole WebSocket message with this number. The tabs of one user share its bytes. */
  message(seq: number): Buffer {
    if (this.#seq !== seq || this.#numbered === undefined) {
      this.#seq = seq;
      this.#numbered = Buffer.allocUnsafe(this.#message.length);
      this.#numbered.set(this.#message);
      writeDigits(this.#numbered, this.#slot, seq);
    }
    return this.#numbered;
  }

  /** The text alone, with this number. */
  text(seq: number): Buffer {
    return this.message(seq).subarray(this.#header);
  }

  /** Writes the text with this number into a message of several. */
  copyText(target: Buffer, at: number, seq: number): void {
    this.#message.copy(target, at, this.#header);
    writeDigits(target, at + this.#slot - this.#header, seq);
  }

  /** What only a burst needs: the next number is most likely another one. */
  settle(): void {
    this.#numbered = undefined;
    this.#seq = -1;
  }
}

/** From the left, over the blanks of the slot. */
function writeDigits(target: Buffer, slot: number, seq: number): void {
  let digits = 1;
  for (let rest = Math.floor(seq / 10); rest > 0; rest = Math.floor(rest / 10)) digits += 1;
  let rest = seq;
  for (let place = slot + digits - 1; place >= slot; place -= 1) {
    target[place] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
