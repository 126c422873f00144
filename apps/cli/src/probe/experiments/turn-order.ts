import { notApplicable, type PromiseRow, unseen } from '../experiment.ts';
import { storedText } from '../history.ts';
import type { ProbeEvent } from '../probe-socket.ts';
import { endFault, kindsOf, numberFault, shown, textOf } from '../turn-facts.ts';
import { alone, firstTurn, type TwoTurns } from './whole-turn.ts';

/** What a step streams, as far as it names its step. */
const OF_STEP = ['tool-call', 'usage'];
const STREAMED = ['text-delta', 'reasoning-delta'];

/** The order of events inside a turn, and their numbers. */
export const turnOrder: readonly PromiseRow<TwoTurns>[] = [
  {
    id: 'C.3-1',
    says: 'user-message is the first event of a turn, and comes once.',
    judge: (seen) => {
      const events = firstTurn(seen);
      const count = events.filter(({ type }) => type === 'user-message').length;
      return events[0]?.type === 'user-message' && count === 1 ? undefined : `it came as ${kindsOf(events)}`;
    },
  },
  {
    id: 'C.3-2',
    says: 'turn-start follows it directly.',
    judge: (seen) => {
      const events = firstTurn(seen);
      const at = events.findIndex(({ type }) => type === 'user-message');
      return events[at + 1]?.type === 'turn-start' ? undefined : `it came as ${kindsOf(events)}`;
    },
  },
  {
    id: 'C.3-3',
    says: 'step-complete comes once per step, behind everything the step streams.',
    judge: (seen) => stepFault(firstTurn(seen)),
  },
  {
    id: 'C.3-5',
    says: 'done comes once, directly before turn-sealed.',
    judge: (seen) => {
      const events = firstTurn(seen);
      const dones = events.flatMap(({ type }, at) => (type === 'done' ? [at] : []));
      const isDirect = dones.length === 1 && events[(dones[0] ?? 0) + 1]?.type === 'turn-sealed';
      return isDirect ? undefined : `it came as ${kindsOf(events)}`;
    },
  },
  {
    id: 'C.3-6',
    says: 'turn-sealed is the last event of a turn: nothing of that turn comes behind it.',
    judge: (seen) => {
      const events = firstTurn(seen);
      const at = events.findIndex(({ type }) => type === 'turn-sealed');
      return at >= 0 && at === events.length - 1 ? undefined : `it came as ${kindsOf(events)}`;
    },
  },
  {
    id: 'C.3-7',
    says: 'A turn is stored before turn-sealed is sent: whoever sees it can read the turn and its figures.',
    judge: (seen) => {
      if (!seen.early.isSealed(seen.conversationId, seen.turnId)) return unseen('turn-sealed never came');
      if (seen.atSeal.rows.length < 2) return `${seen.atSeal.rows.length} rows could be read then`;
      const isMeasured = seen.metricsAtSeal.some(({ turnId }) => turnId === seen.turnId);
      return isMeasured ? undefined : 'its figures could not be read then';
    },
  },
  {
    id: 'C.3-12',
    says: 'A turn ends with the reason max-steps after the ceiling of steps.',
    judge: () => notApplicable('it would take as many requests to a model'),
  },
  {
    id: 'C.3-13',
    says: 'Every event of a turn has the same turnId and conversationId.',
    judge: alone(({ early, conversationId, turnId, second }) => {
      if (typeof turnId !== 'string' || turnId === '')
        return `the turn is called ${shown(turnId ?? 'nothing')}`;
      const other = early
        .deltas(conversationId)
        .find(({ event }) => event.type !== 'status' && ![turnId, second.turnId].includes(event.turnId));
      return other === undefined ? undefined : shown(other.event);
    }),
  },
  {
    id: 'T1-1',
    says: 'A turn that comes to its own end has exactly one done, then exactly one turn-sealed, then nothing.',
    judge: (seen) => endFault(firstTurn(seen)) ?? endFault(seen.second.chat.events),
  },
  {
    id: 'turn-numbered',
    says: 'The events of a turn carry n: from 0, without gap and without repeat.',
    judge: ({ early, conversationId, turnId, second }) =>
      numberFault(early.deltas(conversationId, turnId)) ??
      numberFault(early.deltas(conversationId, second.turnId)),
  },
  {
    id: 'stored-as-streamed',
    says: 'The text in the log is the text that was streamed.',
    judge: alone((seen) => {
      const stored = storedText(seen.atSeal.rows, 'assistant');
      const streamed = textOf(firstTurn(seen));
      if (stored === streamed) return undefined;
      return `${streamed.length} characters were streamed, ${stored.length} are stored`;
    }),
  },
];

function stepFault(events: readonly ProbeEvent[]): string | undefined {
  const ends = events.flatMap((event, at) =>
    event.type === 'step-complete' ? [{ at, step: event['stepId'] }] : [],
  );
  if (ends.length === 0) return `it came as ${kindsOf(events)}`;
  if (new Set(ends.map(({ step }) => step)).size < ends.length) return 'one step completed twice';
  const late = events.find((event, at) => {
    const end = ends.find(({ step }) => OF_STEP.includes(event.type) && step === event['stepId']);
    return end !== undefined && at > end.at;
  });
  if (late !== undefined) return `${late.type} came behind the step-complete of its step`;
  const lastEnd = ends.at(-1)?.at ?? 0;
  const text = events.slice(lastEnd).find(({ type }) => STREAMED.includes(type));
  return text === undefined ? undefined : `${text.type} came behind the last step-complete`;
}
