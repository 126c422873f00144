import { fieldsOf } from '../../raw-http.ts';
import { experiment, type Judgement, notApplicable } from '../experiment.ts';
import { told } from '../told.ts';
import { shown } from '../turn-facts.ts';
import { CYCLE_SECONDS, type CycleSeen, type TurnSeen, watchCycle } from './cycle.ts';
import { aheadFault, lookTold, pastFault, warmFault } from './warming-facts.ts';

const TOO_SOON = notApplicable('the turn was over too soon to look at it; name a slower model');
const COUNTS = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens'];

/** Judges only where the turn was still running. */
const running =
  (judge: (turn: TurnSeen) => Judgement) =>
  ({ turn }: CycleSeen): Judgement =>
    turn.wasRunning ? judge(turn) : TOO_SOON;

/** Warms of a conversation, by the clock and by hand, through turns and without anybody who watches. */
export const cycling = experiment<CycleSeen>({
  name: 'warming-cycle',
  needsModel: true,
  observe: watchCycle,
  rows: [
    {
      id: 'W2-2',
      says: 'Switched on while a turn runs, no time is told until the turn has ended.',
      judge: running(({ again: { looks } }) => {
        const look = looks.at(-1);
        return look?.on === true && look.nextWarmAt === null ? undefined : lookTold(look);
      }),
    },
    {
      id: 'W3-1',
      says: 'Every warm is told by an update with its moment, and the next one an interval behind it.',
      judge: ({ on, warms }) => {
        if (on.looks.at(-1)?.on !== true) return `switching it on gave ${lookTold(on.looks.at(-1))}`;
        if (warms.length < 2) return `${warms.length} warms came`;
        return warms.map((look) => warmFault(look, CYCLE_SECONDS)).find((fault) => fault !== undefined);
      },
    },
    {
      id: 'W3-2',
      says: 'A time that is told for the next warm never lies in the past.',
      judge: ({ looks }) => pastFault(looks),
    },
    {
      id: 'W3-3',
      says: 'A warm by hand is told like one of the schedule, which begins anew behind it.',
      judge: ({ byHand, told: look }) => {
        if (byHand.status !== 200) return told(byHand);
        return warmFault(look, CYCLE_SECONDS);
      },
    },
    {
      id: 'W4-1',
      says: 'While a turn runs no time is told.',
      judge: running(({ during }) => {
        const wrong = during.find(({ nextWarmAt }) => nextWarmAt !== null);
        if (during.length === 0) return 'nothing was told';
        return wrong === undefined ? undefined : lookTold(wrong);
      }),
    },
    {
      id: 'W4-2',
      says: 'When the turn has ended an update tells the next warm, an interval ahead.',
      judge: ({ turn: { after } }) => {
        if (after === undefined) return 'no time was told';
        return aheadFault(after, CYCLE_SECONDS);
      },
    },
    {
      id: 'W5-1',
      says: 'Switched off, no time is told any more, not even by a warm that ends later.',
      judge: ({ off }) => {
        const wrong = off.find(({ on, nextWarmAt }) => on !== false || nextWarmAt !== null);
        if (off.length === 0) return 'no update told that it is off';
        return wrong === undefined ? undefined : lookTold(wrong);
      },
    },
    {
      id: 'W7-1',
      says: 'A socket that breaks stops nothing: warms go on while nobody watches.',
      judge: ({ alone: [before, after] }) => {
        const [was, is] = [before?.lastWarmAt, after?.lastWarmAt];
        return after?.on === true && typeof is === 'number' && is > Number(was)
          ? undefined
          : `before it was ${lookTold(before)}, then ${lookTold(after)}`;
      },
    },
    {
      id: 'W10-1',
      says: 'Warms leave the history as it was.',
      judge: ({ kept: [before, after] }) => changed(before.log, after.log),
    },
    {
      id: 'W10-2',
      says: 'Warms leave the metrics as they were.',
      judge: ({ kept: [before, after] }) => changed(before.metrics, after.metrics),
    },
    {
      id: 'W10-3',
      says: 'Who watches the conversation gets nothing of its warms.',
      judge: ({ events }) => (events.length === 0 ? undefined : `it got ${shown(events)}`),
    },
    {
      id: 'W11-1',
      says: 'While a turn runs nothing is warmed.',
      judge: running(({ during, after }) => {
        const told = new Set(
          [...during, ...(after === undefined ? [] : [after])].map((one) => one.lastWarmAt),
        );
        return told.size <= 1 ? undefined : `lastWarmAt went through ${shown([...told])}`;
      }),
    },
    {
      id: 'W11-2',
      says: 'POST /chat/warm while a turn runs is refused: 409, turn-running.',
      judge: running(({ refused }) =>
        refused.status === 409 && fieldsOf(refused.json)?.['code'] === 'turn-running'
          ? undefined
          : told(refused),
      ),
    },
    {
      id: 'G.2-1',
      says: 'POST /chat/warm answers with the tokens of the call, cachePct and expectedCacheRate, as they add up.',
      judge: ({ byHand }) => {
        const fields = fieldsOf(byHand.json) ?? {};
        const count = (name: string) => Number(fields[name]);
        if (byHand.status !== 200) return told(byHand);
        const isWhole = (name: string) => Number.isInteger(fields[name]) && count(name) >= 0;
        const odd = [...COUNTS, 'cachePct', 'expectedCacheRate'].find((name) => !isWhole(name));
        if (odd !== undefined) return `${odd} is ${shown(fields[odd] ?? 'missing')}`;
        const [read, written] = [count('cacheReadTokens'), count('cacheWriteTokens')];
        const sums = { cachePct: count('inputTokens'), expectedCacheRate: read + written };
        const wrong = Object.entries(sums).find(([name, whole]) => count(name) !== percent(read, whole));
        return wrong === undefined ? undefined : `${wrong[0]} does not follow from ${shown(fields)}`;
      },
    },
  ],
});

const percent = (part: number, whole: number): number =>
  whole <= 0 ? 0 : Math.round(Math.min(1, Math.max(0, part / whole)) * 100);

const changed = (before: string, after: string): Judgement =>
  before === after ? undefined : `it was ${shown(before)}, then ${shown(after)}`;
