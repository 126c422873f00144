import type { ThroughputPeriod } from '@dispatch/transport-contract';

/** A half-open range of epoch milliseconds. */
export interface PeriodRange {
  readonly start: number;
  readonly end: number;
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const MONTH = /^(\d{4})-(\d{2})$/;

/**
 * The day, the ISO week around a day, or the month, in the time zone of this process. Undefined: the date has another form than the
 * period wants, or does not exist.
 */
export function periodRange(period: ThroughputPeriod, date: string): PeriodRange | undefined {
  const match = (period === 'month' ? MONTH : DAY).exec(date);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 1)];
  if (!exists(year, month, day)) return undefined;
  if (period === 'month') return { start: midnight(year, month, 1), end: midnight(year, month + 1, 1) };
  if (period === 'day') return { start: midnight(year, month, day), end: midnight(year, month, day + 1) };
  const monday = day - ((new Date(midnight(year, month, day)).getDay() + 6) % 7);
  return { start: midnight(year, month, monday), end: midnight(year, month, monday + 7) };
}

function exists(year: number, month: number, day: number): boolean {
  // In UTC, where no clock change can move a midnight to the day before.
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Start of a local day; days and months may run over. */
function midnight(year: number, month: number, day: number): number {
  const date = new Date(2000, 0, 1);
  // Unlike the constructor it takes years below 100 as they are.
  date.setFullYear(year, month - 1, day);
  return date.getTime();
}
