import { isDeepStrictEqual } from 'node:util';
import { brief } from '../wording.ts';
import type { ProbeDelta, ProbeEvent } from './probe-socket.ts';

/** A value, short enough for a line of evidence. */
export const shown = (value: unknown): string => brief(value);

/** Events in words: what kinds, in which order, runs of one kind counted. */
export function kindsOf(events: readonly ProbeEvent[]): string {
  const runs: { type: string; count: number }[] = [];
  for (const { type } of events) {
    const last = runs.at(-1);
    if (last?.type === type) last.count += 1;
    else runs.push({ type, count: 1 });
  }
  if (runs.length === 0) return 'nothing';
  return runs.map(({ type, count }) => (count === 1 ? type : `${count} × ${type}`)).join(', ');
}

/** The turn these events are of; undefined while none names one. */
export function turnIdOf(deltas: readonly ProbeDelta[]): unknown {
  return deltas.find(({ event }) => typeof event.turnId === 'string')?.event.turnId;
}

/** The text a turn streamed. */
export function textOf(events: readonly ProbeEvent[]): string {
  return events.flatMap(({ type, delta }) => (type === 'text-delta' ? [String(delta)] : [])).join('');
}

/** Why a turn ended; undefined while it has not, or says nothing. */
export function reasonOf(events: readonly ProbeEvent[]): unknown {
  return events.find(({ type }) => type === 'done')?.['reason'];
}

/** What is wrong with how a turn ended: it must be one `done`, then one `turn-sealed`, then nothing. */
export function endFault(events: readonly ProbeEvent[]): string | undefined {
  const kinds = events.map(({ type }) => type);
  const count = (type: string): number => kinds.filter((kind) => kind === type).length;
  const isOver = count('done') === 1 && count('turn-sealed') === 1;
  if (isOver && kinds.at(-2) === 'done' && kinds.at(-1) === 'turn-sealed') return undefined;
  return `it came as ${kindsOf(events)}`;
}

/** What is wrong with the numbers of a turn: they must be 0, 1, 2 and so on. */
export function numberFault(deltas: readonly ProbeDelta[]): string | undefined {
  const at = deltas.findIndex(({ n }, index) => n !== index);
  if (at < 0) return undefined;
  const { n, event } = deltas[at] ?? {};
  return n === undefined
    ? `event ${at}, ${event?.type}, has no n`
    : `event ${at}, ${event?.type}, has n ${shown(n)}`;
}

/** Where two tellings of one turn differ; undefined when they do not. */
export function difference(
  one: readonly ProbeEvent[],
  other: readonly ProbeEvent[],
  names: readonly [string, string],
): string | undefined {
  const at = Array.from({ length: Math.max(one.length, other.length) }, (_, index) => index).find(
    (index) => !isDeepStrictEqual(one[index], other[index]),
  );
  if (at === undefined) return undefined;
  return `event ${at} is ${shown(one[at] ?? 'missing')} ${names[0]} and ${shown(other[at] ?? 'missing')} ${names[1]}`;
}

/** The events of frames. */
export const eventsOf = (deltas: readonly ProbeDelta[]): readonly ProbeEvent[] =>
  deltas.map(({ event }) => event);

/** Frames without what came twice under one number, as a client keeps them that counts. */
export function onceEach(deltas: readonly ProbeDelta[]): readonly ProbeDelta[] {
  const seen = new Set<unknown>();
  return deltas.filter(({ n }) => {
    if (typeof n !== 'number') return true;
    if (seen.has(n)) return false;
    seen.add(n);
    return true;
  });
}
