import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import { changeRow, deleteRow, rootPageOf } from './row-damage.ts';

const PAGE = 4_096;

/** What may follow from a damage. */
export interface Allowed {
  /** `may`: the file is so broken that refusing to start is right · `must`: anything else is wrong · `never`: a row is no reason. */
  readonly refusal: 'may' | 'must' | 'never';
  /** The end of the write-ahead log is gone, as after a power cut: what is left may be what it was a little earlier. */
  readonly older?: true;
}

/** One way to damage a data directory. Gives what it did in words, for the report. */
export interface Damage extends Allowed {
  readonly name: string;
  /** Only for a directory whose kernel was killed: it needs a write-ahead log. */
  readonly needsLog?: true;
  /** Only for a directory whose kernel was stopped in order: a write-ahead log would make up for it. */
  readonly needsNoLog?: true;
  apply(directory: string, random: Random): string;
}

const database = (directory: string) => join(directory, 'dispatch.db');
const log = (directory: string) => join(directory, 'dispatch.db-wal');

function flipBit(path: string, random: Random): string {
  const bytes = readFileSync(path);
  const at = random.integer(0, bytes.length - 1);
  const bit = random.integer(0, 7);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  writeFileSync(path, bytes);
  return `bit ${bit} of byte ${at}`;
}

/** Any page but the first, which holds the header. */
function overwritePage(path: string, random: Random, fill: (page: Buffer) => void): string {
  const bytes = readFileSync(path);
  const page = random.integer(1, Math.max(1, Math.floor(bytes.length / PAGE) - 1));
  fill(bytes.subarray(page * PAGE, (page + 1) * PAGE));
  writeFileSync(path, bytes);
  return `page ${page + 1}`;
}

function overwriteStart(path: string, length: number, fill: (start: Buffer) => void): string {
  const bytes = readFileSync(path);
  fill(bytes.subarray(0, length));
  writeFileSync(path, bytes);
  return `the first ${length} bytes`;
}

function cut(path: string, random: Random, least: number): string {
  const { length } = readFileSync(path);
  const left = random.integer(least, Math.max(least, length - 1));
  truncateSync(path, left);
  return `${left} of ${length} bytes left`;
}

export const bitFlip: Damage = {
  name: 'bit flipped',
  refusal: 'may',
  apply: (directory, random) => flipBit(database(directory), random),
};

export const rowChange: Damage = { name: 'row changed', refusal: 'never', apply: changeRow };

export const rowLoss: Damage = { name: 'row deleted', refusal: 'never', apply: deleteRow };

export const pageLoss: Damage = {
  name: 'page zeroed',
  refusal: 'may',
  apply: (directory, random) => overwritePage(database(directory), random, (page) => page.fill(0)),
};

/** A part of the file that no request of this harness reads: only a look at the whole file finds it. */
export const unreadLoss: Damage = {
  name: 'unread page zeroed',
  refusal: 'never',
  apply: (directory) => {
    const page = rootPageOf(directory, 'idempotency_expiry');
    const bytes = readFileSync(database(directory));
    bytes.fill(0, (page - 1) * PAGE, page * PAGE);
    writeFileSync(database(directory), bytes);
    return `page ${page}`;
  },
};

/** Each of them once. */
export const fileDamages: readonly Damage[] = [
  {
    name: 'page overwritten',
    refusal: 'may',
    apply: (directory, random) =>
      overwritePage(database(directory), random, (page) => void random.bytes(PAGE).copy(page)),
  },
  {
    name: 'file cut',
    refusal: 'may',
    apply: (directory, random) => cut(database(directory), random, PAGE),
  },
  {
    name: 'file emptied',
    refusal: 'must',
    apply: (directory) => {
      truncateSync(database(directory), 0);
      return '0 bytes left';
    },
  },
  {
    name: 'header zeroed',
    refusal: 'must',
    needsNoLog: true,
    apply: (directory) => overwriteStart(database(directory), 100, (start) => start.fill(0)),
  },
  {
    name: 'header overwritten',
    refusal: 'must',
    needsNoLog: true,
    apply: (directory, random) =>
      overwriteStart(database(directory), 100, (start) => void random.bytes(100).copy(start)),
  },
  {
    name: 'first page zeroed',
    refusal: 'must',
    needsNoLog: true,
    apply: (directory) => overwriteStart(database(directory), PAGE, (start) => start.fill(0)),
  },
  {
    name: 'file missing',
    refusal: 'must',
    needsLog: true,
    apply: (directory) => {
      rmSync(database(directory));
      return 'its log is left';
    },
  },
];

/** The header again, but with a log that has the first page too: SQLite reads that one, and nothing is lost. */
export const coveredDamages: readonly Damage[] = fileDamages
  .filter(({ name }) => /header|first page/.test(name))
  .map(({ name, apply }) => ({ name: `${name}, in the log too`, refusal: 'may', needsLog: true, apply }));

export const logDamages: readonly Damage[] = [
  {
    name: 'log: bit flipped',
    refusal: 'may',
    needsLog: true,
    older: true,
    apply: (directory, random) => flipBit(log(directory), random),
  },
  {
    name: 'log: stretch zeroed',
    refusal: 'may',
    needsLog: true,
    older: true,
    apply: (directory, random) => overwritePage(log(directory), random, (page) => page.fill(0)),
  },
  {
    name: 'log: header damaged',
    refusal: 'must',
    needsLog: true,
    apply: (directory, random) => overwriteStart(log(directory), 32, (start) => flipOne(start, random)),
  },
  {
    name: 'log: cut',
    refusal: 'never',
    needsLog: true,
    older: true,
    apply: (directory, random) => cut(log(directory), random, 0),
  },
  {
    name: 'log: index overwritten',
    refusal: 'never',
    needsLog: true,
    apply: (directory, random) => {
      const path = join(directory, 'dispatch.db-shm');
      const { length } = existsSync(path) ? readFileSync(path) : { length: 32_768 };
      writeFileSync(path, random.bytes(length));
      return `${length} bytes`;
    },
  },
];

function flipOne(bytes: Buffer, random: Random): void {
  const at = random.integer(0, bytes.length - 1);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(0, 7));
}
