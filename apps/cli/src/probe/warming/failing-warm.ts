import { experiment, type Judgement, notApplicable } from '../experiment.ts';
import { quickMessage } from '../messages.ts';
import { shown } from '../turn-facts.ts';
import { isAhead, isSame, lookTold } from './warming-facts.ts';
import type { WarmingLook } from './warming-look.ts';
import { WarmingWatch } from './warming-watch.ts';

interface Seen {
  /** The looks that told a further time behind a failure. Undefined: it was not tried. */
  readonly failures: readonly WarmingLook[] | undefined;
  readonly last: WarmingLook | undefined;
}

const SECONDS = 1;
const NOT_LOOKED_AT = notApplicable('not looked at: the provider of this model cannot be made to fail');

const tried =
  (judge: (failures: readonly WarmingLook[], last: WarmingLook | undefined) => Judgement) =>
  ({ failures, last }: Seen): Judgement =>
    failures === undefined ? NOT_LOOKED_AT : judge(failures, last);

/** Warms that fail: the demo's provider fails for a model it does not have. */
export const failingWarm = experiment<Seen>({
  name: 'warming-failing',
  needsModel: true,
  observe: async (session) => {
    if (!session.models.quick.startsWith('demo/')) return { failures: undefined, last: undefined };
    const conversationId = session.conversation();
    await session.chat({ conversationId, message: quickMessage(), model: 'demo/none' }).ended;
    const watch = await WarmingWatch.open(session, conversationId);
    await watch.switchOn(SECONDS);
    const failures = (): readonly WarmingLook[] =>
      watch.looks
        .filter(({ lastError, nextWarmAt }) => lastError !== undefined && nextWarmAt !== null)
        .filter((look, at, all) => at === 0 || !isSame(look, all[at - 1] ?? look));
    await watch.until(() => failures().length > 1);
    const seen = { failures: failures(), last: watch.last };
    await watch.restore();
    return seen;
  },
  rows: [
    {
      id: 'W9-1',
      says: 'A warm that fails is told with its error, and does not end the schedule: the next time is told.',
      judge: tried((failures, last) => {
        const [first] = failures;
        if (first === undefined) return `nothing told of a failure: ${lookTold(last)}`;
        return first.on === true && isAhead(first) ? undefined : lookTold(first);
      }),
    },
    {
      id: 'W9-2',
      says: 'Warms that fail one after the other are tried again later and later.',
      judge: tried(([first, second], last) => {
        if (first === undefined || second === undefined) return `one failure was told: ${lookTold(last)}`;
        const [one, two] = [first, second].map(({ nextWarmAt, clock }) => Number(nextWarmAt) - clock);
        return Number(two) > Number(one) + (SECONDS * 1_000) / 2
          ? undefined
          : `the waits were ${shown([one, two].map((ms) => Math.round(Number(ms))))} ms`;
      }),
    },
  ],
});
