/** One write, or without `data` the cutting or filling with zeros of a file to `offset` bytes. */
export interface FileChange {
  readonly offset: number;
  readonly data?: Buffer;
}

const SECTOR_BYTES = 512;

/** Contents of a file that grows; bytes nobody wrote are zero. */
export class FileBytes {
  #buffer: Buffer;
  #size: number;

  constructor(bytes: Uint8Array = Buffer.alloc(0)) {
    this.#buffer = Buffer.from(bytes);
    this.#size = bytes.length;
  }

  /** The bytes themselves, valid until the next change. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#size);
  }

  apply({ offset, data }: FileChange): void {
    if (data === undefined) {
      this.#resize(offset);
      return;
    }
    if (offset + data.length > this.#size) this.#resize(offset + data.length);
    data.copy(this.#buffer, offset);
  }

  #resize(size: number): void {
    if (size > this.#buffer.length) {
      const grown = Buffer.alloc(Math.max(size, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, this.#size);
      this.#buffer = grown;
    }
    if (size > this.#size) this.#buffer.fill(0, this.#size, size);
    this.#size = size;
  }
}

/** A write as the sectors a disk could make of it, which are those of the file; any other change is one piece. */
export function pieces({ offset, data }: FileChange): FileChange[] {
  if (data === undefined) return [{ offset }];
  const parts: FileChange[] = [];
  for (let at = 0; at < data.length; ) {
    const length = SECTOR_BYTES - ((offset + at) % SECTOR_BYTES);
    parts.push({ offset: offset + at, data: data.subarray(at, at + length) });
    at += length;
  }
  return parts;
}
