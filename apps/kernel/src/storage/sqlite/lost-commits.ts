import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
const DEFAULT_PAGE_BYTES = 4_096;

/** Running checksum of a write-ahead log: two words, each frame's going on from the frame before. */
interface Sum {
  readonly a: number;
  readonly b: number;
}

interface Frame {
  /** Ends a transaction. */
  readonly isCommit: boolean;
  /** Written after the log was begun with this header. */
  readonly isCurrent: boolean;
  /** As it stands in the frame. */
  readonly sum: Sum;
  /** Whether it goes on from this sum. */
  follows(before: Sum): boolean;
}

/**
 * How many committed transactions SQLite will drop from this write-ahead log because something before them is damaged; 0: none. SQLite
 * itself is silent about them: it reads up to the first frame that is not whole, which after a power cut is the right end. There, at
 * most one transaction stands behind it that was not yet acknowledged, because each is flushed before the next is written. So two of
 * them behind a broken place tell that the place was whole once.
 *
 * Reads the file itself, which is safe for this one: SQLite keeps no lock on it that closing it could drop.
 */
export function lostCommits(walPath: string): number {
  const file = openSync(walPath, 'r');
  try {
    const { size } = fstatSync(file);
    const header = Buffer.alloc(HEADER_BYTES);
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return 0;
    const isLittle = header.readUInt32BE(0) !== MAGIC + 1;
    const pageBytes = pageSize(header.readUInt32BE(8));
    const isHeaderWhole =
      header.readUInt32BE(0) >>> 1 === MAGIC >>> 1 &&
      same(sumOver(header.subarray(0, 24), { a: 0, b: 0 }, isLittle), sumAt(header, 24));
    const frameBytes = FRAME_HEADER_BYTES + pageBytes;
    const buffer = Buffer.alloc(frameBytes);
    let salts = isHeaderWhole ? Buffer.from(header.subarray(16, 24)) : undefined;
    let previous = sumAt(header, 24);
    let isBroken = !isHeaderWhole;
    /** Transactions in the newest run of frames that hang together behind the broken place, and the most in any. */
    let run = 0;
    let most = 0;
    for (let at = HEADER_BYTES; at + frameBytes <= size; at += frameBytes) {
      if (readSync(file, buffer, 0, frameBytes, at) < frameBytes) break;
      // Without a header the first frame tells which salts are current.
      salts ??= Buffer.from(buffer.subarray(8, 16));
      const frame = readFrame(buffer, salts, isLittle);
      const isWhole = frame.isCurrent && frame.follows(previous);
      if (!isWhole) {
        if (!isBroken) run = frame.isCurrent && frame.isCommit ? 1 : 0;
        else run = 0;
        isBroken = true;
      } else if (isBroken && frame.isCommit) run += 1;
      most = Math.max(most, run);
      previous = frame.sum;
    }
    return most >= 2 ? most : 0;
  } finally {
    closeSync(file);
  }
}

function readFrame(bytes: Buffer, salts: Buffer, isLittle: boolean): Frame {
  const sum = sumAt(bytes, 16);
  return {
    isCommit: bytes.readUInt32BE(4) > 0,
    isCurrent: bytes.subarray(8, 16).equals(salts),
    sum,
    follows: (before) =>
      same(
        sumOver(
          bytes.subarray(FRAME_HEADER_BYTES),
          sumOver(bytes.subarray(0, 8), before, isLittle),
          isLittle,
        ),
        sum,
      ),
  };
}

/** SQLite's own: words of the order the header names, over a length that is a multiple of eight bytes. */
function sumOver(bytes: Buffer, { a, b }: Sum, isLittle: boolean): Sum {
  const { buffer, byteOffset, length } = isLittle === (endianness() === 'LE') ? bytes : swapped(bytes);
  const words = new Int32Array(buffer, byteOffset, length / 4);
  let first = a;
  let second = b;
  for (let at = 0; at < words.length; at += 2) {
    first = (first + (words[at] ?? 0) + second) | 0;
    second = (second + (words[at + 1] ?? 0) + first) | 0;
  }
  return { a: first, b: second };
}

/** A copy in memory of its own, where words are aligned. */
function swapped(bytes: Buffer): Buffer {
  const copy = Buffer.alloc(bytes.length);
  bytes.copy(copy);
  return copy.swap32();
}

function sumAt(bytes: Buffer, at: number): Sum {
  return { a: bytes.readInt32BE(at), b: bytes.readInt32BE(at + 4) };
}

function same(one: Sum, other: Sum): boolean {
  return one.a === other.a && one.b === other.b;
}

/** A size that cannot be one is damaged itself; ours are never anything but the default. */
function pageSize(told: number): number {
  const isOne = told >= 512 && told <= 65_536 && (told & (told - 1)) === 0;
  return isOne ? told : DEFAULT_PAGE_BYTES;
}
