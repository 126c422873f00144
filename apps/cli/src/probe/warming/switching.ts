import { errorFrameFault } from '../error-shape.ts';
import { experiment } from '../experiment.ts';
import { shown } from '../turn-facts.ts';
import { aheadFault, isSame, lookTold } from './warming-facts.ts';
import type { WarmingLook } from './warming-look.ts';
import { type Invoked, WarmingWatch } from './warming-watch.ts';

interface Seen {
  readonly conversationId: string;
  readonly first: WarmingLook | undefined;
  readonly interval: Invoked;
  /** Without a payload, from off. */
  readonly flips: readonly Invoked[];
  /** With a payload, from off; each says what it is then. */
  readonly sets: readonly (Invoked & { readonly to: boolean })[];
  readonly badIntervals: readonly Invoked[];
  readonly badToggles: readonly Invoked[];
  readonly looks: readonly WarmingLook[];
}

/** Long enough that no warm comes in between. */
const SECONDS = 100;
const SETS = [true, true, { value: true }, false, false, { value: false }];

/** The switch and the interval of a conversation in which nothing runs. */
export const switching = experiment<Seen>({
  name: 'warming-switch',
  needsModel: true,
  observe: async (session) => {
    const conversationId = session.conversation();
    const body = JSON.stringify({ model: session.models.quick });
    await session.ask('PUT', `/conversations/${conversationId}/model`, { body });
    const watch = await WarmingWatch.open(session, conversationId);
    const first = watch.last;
    const all = async (action: 'toggle' | 'set-interval', payloads: readonly unknown[]) => {
      const done: Invoked[] = [];
      for (const payload of payloads) done.push(await watch.invoke(action, payload));
      return done;
    };
    const interval = await watch.invoke('set-interval', SECONDS);
    const flips = await all('toggle', [undefined, undefined]);
    const sets = (await all('toggle', SETS)).map((one, at) => ({ ...one, to: at < SETS.length / 2 }));
    // While a warm is planned, so that it shows when one moves it.
    await watch.invoke('toggle', true);
    const badIntervals = await all('set-interval', [0, -1, 3_301, 'soon']);
    const badToggles = await all('toggle', ['maybe', 1, { value: 'on' }, null]);
    await watch.restore();
    const { looks } = watch;
    return { conversationId, first, interval, flips, sets, badIntervals, badToggles, looks };
  },
  rows: [
    {
      id: 'W1-1',
      says: 'Where nobody has switched warming on it is off, its interval 240 s, and no warm is planned.',
      judge: ({ first }) => {
        const { on, seconds, nextWarmAt, lastWarmAt } = first ?? {};
        const isNew = on === false && seconds === 240 && nextWarmAt === null && lastWarmAt === null;
        return isNew ? undefined : lookTold(first);
      },
    },
    {
      id: 'W2-1',
      says: 'Switched on while nothing runs, the next warm is one interval ahead; the interval is the one set before.',
      judge: ({ interval, flips, sets }) => {
        if (interval.looks.at(-1)?.seconds !== SECONDS) return lookTold(interval.looks.at(-1));
        const ons = [flips[0], sets[0]].map((one) => one?.looks.at(-1));
        const other = ons.find((look) => look?.seconds !== SECONDS);
        return other === undefined
          ? ons.map((look) => aheadFault(look, SECONDS)).find((fault) => fault !== undefined)
          : lookTold(other);
      },
    },
    {
      id: 'W13-1',
      says: 'A toggle without payload flips, once per action.',
      judge: ({ flips }) => {
        const states = flips.map(({ looks }) => looks.at(-1)?.on);
        return states[0] === true && states[1] === false
          ? undefined
          : `from off it became ${shown(states)}; ${saidOf(flips)}`;
      },
    },
    {
      id: 'W13-2',
      says: 'A toggle with true, false or { value } sets it, and said again it stays as it is.',
      judge: ({ sets }) => {
        const wrong = sets.find(({ to, looks }) => looks.at(-1)?.on !== to);
        if (wrong !== undefined) {
          return `${shown(wrong.payload)} gave ${lookTold(wrong.looks.at(-1))}; ${saidOf([wrong])}`;
        }
        // Said again, not even the planned moment moves.
        const [, again] = sets;
        const [was, is] = [again?.before, again?.looks.at(-1)];
        return was !== undefined && is !== undefined && isSame(was, is)
          ? undefined
          : `said again, true made ${lookTold(is)} of ${lookTold(was)}`;
      },
    },
    {
      id: 'U2-1',
      says: 'The surface of a conversation, and every update of it, repeat which conversation it is.',
      judge: ({ looks, conversationId }) => {
        const other = looks.find((look) => look.conversationId !== conversationId);
        return other === undefined
          ? undefined
          : `an ${other.kind} repeats ${shown(other.conversationId ?? 'none')}`;
      },
    },
    {
      id: 'U4-2',
      says: 'An accepted action is acknowledged, and gives its subscriber exactly one update.',
      judge: ({ interval, flips, sets }) => {
        const wrong = [interval, ...flips, ...sets].find(
          ({ answer, looks }) => answer?.type !== 'ack' || looks.length !== 1,
        );
        return wrong === undefined ? undefined : saidOf([wrong]);
      },
    },
    {
      id: 'U4-3',
      says: 'An interval of 0 or less, above 3300 s, or no number is answered by error, and nothing changes.',
      judge: ({ badIntervals }) => refusalFault(badIntervals),
    },
    {
      id: 'U4-4',
      says: 'A toggle with anything else is answered by error, and nothing changes.',
      judge: ({ badToggles }) => refusalFault(badToggles),
    },
  ],
});

/** What is wrong with refusals: each must be told with the surface's id, then the surface as it was. */
function refusalFault(all: readonly Invoked[]): string | undefined {
  for (const one of all) {
    const { answer, before, looks } = one;
    if (answer?.type !== 'error') return saidOf([one]);
    const fault = errorFrameFault(answer);
    if (fault !== undefined) return fault;
    if (answer['surfaceId'] !== 'cache-warming')
      return `the error names ${shown(answer['surfaceId'] ?? 'none')}`;
    const [after] = looks;
    if (after === undefined) return `${shown(one.payload)}: no surface came behind the error`;
    if (before !== undefined && !isSame(before, after)) {
      return `${shown(one.payload)} made ${lookTold(after)} of ${lookTold(before)}`;
    }
  }
  return undefined;
}

/** What was answered to what. */
function saidOf(all: readonly Invoked[]): string {
  const one = ({ action, payload, answer, looks }: Invoked): string => {
    const asked = payload === undefined ? action : `${action} ${shown(payload)}`;
    return `${asked} was answered by ${answer?.type ?? 'nothing'} and ${looks.length} updates`;
  };
  return all.map(one).join(', ');
}
