import type { Random } from '../random.ts';
import type { IoRecord } from './io-log.ts';

const PAGE_BYTES = 4096;

/** Places where a cut is worth more than anywhere else; each is how many records were made before it. */
interface Places {
  /** On both sides of a flush. */
  readonly flushes: readonly number[];
  /** Right behind something that was sent. */
  readonly sends: readonly number[];
  /** Around files that come, go, are renamed or cut short. */
  readonly files: readonly number[];
  /** While pages travel from the write-ahead log to the database. */
  readonly checkpoints: readonly number[];
}

/** Moments to cut the power, ascending, `count` of them. */
export function chooseCuts(records: readonly IoRecord[], count: number, random: Random): number[] {
  const { flushes, sends, files, checkpoints } = placesOf(records);
  const anywhere = () => random.integer(0, records.length);
  const one = () => {
    const chance = random.next();
    const list =
      chance < 0.3 ? flushes : chance < 0.6 ? sends : chance < 0.65 ? files : chance < 0.8 ? checkpoints : [];
    return list.length === 0 ? anywhere() : random.pick(list);
  };
  return Array.from({ length: count }, one).sort((a, b) => a - b);
}

/** Records behind the birth of the database that still belong to its first start: those until its first commit is flushed. */
const BEHIND_BIRTH = 12;
/** Around the birth names change, and which of them are flushed is a matter of chance in each state. */
const TIMES_AT_BIRTH = 5;

/** Every moment of the very first start, those around the birth of the database several times. */
export function firstStartCuts(records: readonly IoRecord[]): number[] {
  const birth = records.findIndex(({ kind }) => kind === 'rename');
  const last = Math.min(birth + BEHIND_BIRTH, records.length);
  return Array.from({ length: last + 1 }, (_, index) => index).flatMap((index) =>
    Array.from({ length: index < birth ? 1 : TIMES_AT_BIRTH }, () => index),
  );
}

function placesOf(records: readonly IoRecord[]): Places {
  const where = (fits: (record: IoRecord) => boolean) =>
    records.flatMap((record, index) => (fits(record) ? [index] : []));
  const around = (indexes: readonly number[]) => indexes.flatMap((index) => [index, index + 1]);
  const files = ['open', 'truncate', 'unlink', 'rename', 'flush-directory'];
  return {
    flushes: around(where(({ kind }) => kind === 'flush')),
    sends: where(({ kind }) => kind === 'send').map((index) => index + 1),
    files: around(where(({ kind }) => files.includes(kind))),
    // In the log a page stands behind the header of its frame, never at a multiple of its size.
    checkpoints: where(
      ({ kind, number, data }) => kind === 'write' && data.length === PAGE_BYTES && number % PAGE_BYTES === 0,
    ),
  };
}
