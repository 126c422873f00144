import type { Frame } from '@dispatch/tests-processes';

/** What a frame says of the warming of a conversation. */
export interface ToldSchedule {
  readonly on: boolean;
  readonly intervalMs: number;
  /** Epoch milliseconds of the kernel's clock. */
  readonly nextWarmAt: number | null;
  /** Why, in words for people. */
  readonly why: string;
}

/** Frames may be so much older than their arrival. */
const BLUR_MS = 400;
/** The longest pause that doubling can have led to here. */
const MOST_DOUBLINGS = 6;

/** Undefined: the frame shows no cache warming. */
export function readSchedule(frame: Frame): ToldSchedule | undefined {
  const update = frame['update'] as Frame | undefined;
  const spec = (frame['spec'] ?? update?.['spec']) as
    | { readonly id: string; readonly fields: readonly Record<string, unknown>[] }
    | undefined;
  if (spec?.id !== 'cache-warming') return undefined;
  const [toggle, interval, , , timer, decision] = spec.fields;
  const { nextWarmAt } = (timer?.['payload'] ?? {}) as { readonly nextWarmAt: number | null };
  return {
    on: toggle?.['value'] === true,
    intervalMs: Number(interval?.['value']) * 1_000,
    nextWarmAt,
    why: String(decision?.['value']),
  };
}

/** What is wrong with a schedule that arrived at the true time `now`, when the kernel's clock was off by one of `offsets`. */
export function scheduleFault(
  { nextWarmAt, intervalMs, on }: ToldSchedule,
  now: number,
  offsets: readonly number[],
): string | undefined {
  if (nextWarmAt === null) return undefined;
  if (!on) return 'W5: it is off and tells a next warm';
  const longest = intervalMs * 2 ** MOST_DOUBLINGS;
  const fits = offsets.some((offset) => {
    const ahead = nextWarmAt - (now + offset);
    return ahead > -BLUR_MS && ahead < longest + BLUR_MS;
  });
  return fits
    ? undefined
    : `W3: a next warm ${nextWarmAt - now - (offsets.at(-1) ?? 0)} ms ahead of its telling`;
}
