/** Frames above this size are neither written nor read: 8 MiB of JSON. */
export const FRAME_CAP_BYTES = 8 * 1024 * 1024;

const HEADER_BYTES = 4;
const FIRST_BODY_BYTES = 4096;

/** `frame-too-large`: over the cap. `malformed-frame`: not JSON in UTF-8, or nothing JSON can hold. */
export type EnvelopeErrorCode = 'frame-too-large' | 'malformed-frame';

/** The only error of the codec. After one, the stream has no further frames: close it. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
  readonly code: EnvelopeErrorCode;

  constructor(code: EnvelopeErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** One frame as bytes: 4-byte big-endian length of the body, then the value as JSON in UTF-8. */
export function encodeFrame(value: object, capBytes = FRAME_CAP_BYTES): Buffer {
  const text = stringify(value);
  const length = Buffer.byteLength(text, 'utf8');
  if (length > capBytes) {
    throw new EnvelopeError('frame-too-large', `a frame of ${length} bytes is over the cap of ${capBytes}`);
  }
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + length);
  bytes.writeUInt32BE(length, 0);
  bytes.write(text, HEADER_BYTES, 'utf8');
  return bytes;
}

function stringify(value: object): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // Cyclic or nested deeper than the stack: said below in the codec's own words.
  }
  if (text === undefined) throw new EnvelopeError('malformed-frame', 'the value has no JSON form');
  return text;
}

/**
 * Turns a stream of bytes, however split, into frames. Holds at most one unfinished frame, and for that
 * never more than twice the bytes that came, so that a peer that only announces a large frame costs nothing.
 */
export class FrameDecoder {
  readonly #capBytes: number;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerFilled = 0;
  #bodyLength = 0;
  #bodyFilled = 0;
  #body: Buffer = Buffer.alloc(0);
  #failure: EnvelopeError | undefined;

  constructor(capBytes = FRAME_CAP_BYTES) {
    this.#capBytes = capBytes;
  }

  /** Bytes held for an unfinished frame. */
  get heldBytes(): number {
    return this.#body.length;
  }

  /** Gives each finished frame to `onFrame`, in order. Throws {@link EnvelopeError}, from then on always the same. */
  push(bytes: Uint8Array, onFrame: (frame: unknown) => void): void {
    if (this.#failure !== undefined) throw this.#failure;
    let at = 0;
    while (at < bytes.length || this.#isComplete()) {
      if (this.#isComplete()) {
        const frame = this.#parse(this.#body.subarray(0, this.#bodyLength));
        this.#reset();
        onFrame(frame);
      } else if (this.#headerFilled < HEADER_BYTES) {
        at += this.#takeHeader(bytes, at);
      } else {
        at += this.#takeBody(bytes, at);
      }
    }
  }

  #isComplete(): boolean {
    return this.#headerFilled === HEADER_BYTES && this.#bodyFilled === this.#bodyLength;
  }

  #reset(): void {
    this.#headerFilled = 0;
    this.#bodyLength = 0;
    this.#bodyFilled = 0;
    this.#body = Buffer.alloc(0);
  }

  #takeHeader(bytes: Uint8Array, at: number): number {
    const taken = Math.min(HEADER_BYTES - this.#headerFilled, bytes.length - at);
    this.#header.set(bytes.subarray(at, at + taken), this.#headerFilled);
    this.#headerFilled += taken;
    if (this.#headerFilled === HEADER_BYTES) {
      this.#bodyLength = this.#header.readUInt32BE(0);
      if (this.#bodyLength > this.#capBytes) {
        throw this.#fail(
          'frame-too-large',
          `a frame of ${this.#bodyLength} bytes is over the cap of ${this.#capBytes}`,
        );
      }
    }
    return taken;
  }

  #takeBody(bytes: Uint8Array, at: number): number {
    const taken = Math.min(this.#bodyLength - this.#bodyFilled, bytes.length - at);
    const needed = this.#bodyFilled + taken;
    if (needed > this.#body.length) {
      const wanted = Math.max(needed, this.#body.length * 2, FIRST_BODY_BYTES);
      const grown = Buffer.allocUnsafe(Math.min(this.#bodyLength, wanted));
      this.#body.copy(grown, 0, 0, this.#bodyFilled);
      this.#body = grown;
    }
    this.#body.set(bytes.subarray(at, at + taken), this.#bodyFilled);
    this.#bodyFilled = needed;
    return taken;
  }

  #parse(body: Buffer): unknown {
    try {
      return JSON.parse(this.#utf8.decode(body));
    } catch {
      throw this.#fail('malformed-frame', 'a frame is not JSON in UTF-8');
    }
  }

  #fail(code: EnvelopeErrorCode, message: string): EnvelopeError {
    this.#reset();
    this.#failure = new EnvelopeError(code, message);
    return this.#failure;
  }
}
