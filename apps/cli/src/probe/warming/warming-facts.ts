import { shown } from '../turn-facts.ts';
import type { WarmingLook } from './warming-look.ts';

/** How late a frame may be read on a busy machine, and how far an interval may be off, in milliseconds. */
const SLACK_MS = 400;

/** A look as evidence. */
export function lookTold(look: WarmingLook | undefined): string {
  if (look === undefined) return 'nothing came';
  const { on, seconds, nextWarmAt, lastWarmAt } = look;
  return shown({ on, seconds, nextWarmAt, lastWarmAt });
}

/** By how much a moment may move that stays the same: it is worked out anew each time, in milliseconds. */
const ROUNDING_MS = 50;

/** Whether two looks show the same, as far as somebody set it. */
export function isSame(one: WarmingLook, other: WarmingLook): boolean {
  const [was, is] = [one.nextWarmAt, other.nextWarmAt];
  const isMoment = typeof was === 'number' && typeof is === 'number' && Math.abs(is - was) <= ROUNDING_MS;
  return one.on === other.on && one.seconds === other.seconds && (was === is || isMoment);
}

/** Whether it tells a next time that has not passed. */
export const isAhead = ({ nextWarmAt, clock }: WarmingLook): boolean =>
  typeof nextWarmAt === 'number' && nextWarmAt > clock - SLACK_MS;

/** What is wrong with the times: each must be none, or later than the backend's clock. */
export function pastFault(looks: readonly WarmingLook[]): string | undefined {
  const wrong = looks.find((look) => look.nextWarmAt !== null && !isAhead(look));
  if (wrong === undefined) return undefined;
  if (typeof wrong.nextWarmAt !== 'number') return `nextWarmAt is ${shown(wrong.nextWarmAt ?? 'missing')}`;
  return `nextWarmAt was ${Math.round(wrong.clock - wrong.nextWarmAt)} ms ago in an ${wrong.kind}`;
}

/** What is wrong with a time that should be so many seconds ahead. */
export function aheadFault(look: WarmingLook | undefined, seconds: number): string | undefined {
  if (look === undefined) return 'nothing came';
  const { nextWarmAt, clock } = look;
  if (typeof nextWarmAt !== 'number') return lookTold(look);
  const ahead = (nextWarmAt - clock) / 1_000;
  return Math.abs(ahead - seconds) <= 3 && isAhead(look)
    ? undefined
    : `the time is ${ahead.toFixed(1)} s ahead, the interval is ${seconds} s`;
}

/** The looks that tell of a warm the one before did not know. */
export function warmsIn(looks: readonly WarmingLook[]): readonly WarmingLook[] {
  return looks.filter(
    ({ lastWarmAt }, at) =>
      typeof lastWarmAt === 'number' && at > 0 && looks[at - 1]?.lastWarmAt !== lastWarmAt,
  );
}

/** What is wrong with a look that tells of a warm: the next time must be one interval behind it. */
export function warmFault(look: WarmingLook | undefined, seconds: number): string | undefined {
  if (look === undefined) return 'no update told of it';
  const { nextWarmAt, lastWarmAt, clock } = look;
  if (typeof nextWarmAt !== 'number' || typeof lastWarmAt !== 'number') return lookTold(look);
  if (lastWarmAt > clock + SLACK_MS) return `lastWarmAt is ${Math.round(lastWarmAt - clock)} ms ahead`;
  const gap = nextWarmAt - lastWarmAt;
  return Math.abs(gap - seconds * 1_000) <= SLACK_MS
    ? undefined
    : `the next one is ${gap} ms behind it, the interval is ${seconds} s`;
}
