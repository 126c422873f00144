import type { Random } from '../random.ts';
import type { Call, Fault, FaultyFile } from './io-faults.ts';

const fault = (
  files: readonly FaultyFile[],
  calls: readonly Call[],
  nth: number,
  rest: Partial<Fault> = {},
): Fault => ({ files, calls, nth, times: 1, error: 'EIO', torn: false, ...rest });

const FLUSHES = ['sync'] as const;
const WRITES = ['write'] as const;
const READS = ['read'] as const;
const ANY_CALL = ['write', 'sync', 'read', 'truncate'] as const;
const ANY_FILE = ['database', 'log', 'index', 'other'] as const;

/** What fails under a kernel that serves: the places a commit and a checkpoint pass, at the n-th call. */
export function servingFaults(long: boolean): readonly Fault[] {
  const short = [
    ...[1, 2, 3, 7].map((nth) => fault(['log'], WRITES, nth)),
    fault(['log'], WRITES, 2, { torn: true }),
    fault(['log'], WRITES, 1, { times: 0 }),
    fault(['log'], WRITES, 3, { times: 0, error: 'ENOSPC' }),
    ...[1, 2, 4].map((nth) => fault(['log'], FLUSHES, nth)),
    fault(['database'], WRITES, 5),
    fault(['database'], FLUSHES, 1),
    fault(['log', 'database'], FLUSHES, 2, { error: 'ENOSPC' }),
    ...[1, 2, 4].map((nth) => fault(['log', 'database'], READS, nth)),
  ];
  if (!long) return short;
  const counts = Array.from({ length: 24 }, (_, index) => 1 + index * 2);
  return [
    ...short,
    ...counts.map((nth) => fault(['log'], WRITES, nth, { torn: nth % 4 === 1 })),
    ...counts.map((nth) => fault(['log'], WRITES, nth, { error: 'ENOSPC', times: nth % 3 })),
    ...counts.map((nth) => fault(['log'], FLUSHES, nth)),
    ...counts.map((nth) => fault(['database'], WRITES, nth, { times: nth % 3 })),
    ...[1, 2, 3].map((nth) => fault(['database'], FLUSHES, nth, { times: nth - 1 })),
    ...counts.map((nth) => fault(['log', 'database'], READS, nth)),
    ...counts.map((nth) => fault(ANY_FILE, ANY_CALL, nth * 7)),
  ];
}

/** What fails while a kernel starts: everything it does to its files, one call after the other. */
export function startingFaults(long: boolean, random: Random): readonly Fault[] {
  // A start makes some 25 calls, and more when it has much to recover.
  const step = long ? 1 : 5;
  const first = random.integer(1, step);
  const counts = Array.from({ length: long ? 60 : 5 }, (_, index) => first + index * step);
  return [
    ...counts.map((nth) => fault(ANY_FILE, ANY_CALL, nth)),
    ...counts
      .filter((_, index) => index % 2 === 1)
      .map((nth) => fault(ANY_FILE, ANY_CALL, nth, { times: 0 })),
    fault(['database', 'log', 'index'], WRITES, 1, { times: 0, error: 'ENOSPC' }),
  ];
}

/** For the report. */
export function nameOf({ files, calls, nth, times, error, torn }: Fault): string {
  const often = times === 0 ? 'for ever' : `${times} times`;
  return `${error}${torn ? ' (torn)' : ''} at ${calls} ${nth} of ${files}, ${often}`;
}
