import { isDeepStrictEqual } from 'node:util';
import type { Answer } from '@dispatch/tests-processes';
import type { Findings } from './findings.ts';
import type { Replay } from './reading.ts';

/** Which turns recovery may have sealed anew, from less than there was. */
export type IsLoose = (turnId: string) => boolean;

interface Row {
  readonly seq: number;
  readonly turnId: string;
  readonly createdAt: number;
  readonly chunk: { readonly type: string; readonly text?: string };
}

/** Compares two histories that both are there. `isOlder`: the end may be missing, as if it had not happened yet. */
export function compareLog(
  id: string,
  was: Answer,
  is: Answer,
  how: { readonly isLoose: IsLoose; readonly isOlder: boolean },
  found: Findings,
): void {
  const before: readonly Row[] = was.body.chunks;
  const now: readonly Row[] = is.body.chunks;
  const damaged = new Set<number>(is.body.damaged ?? []);
  for (const row of now) {
    const same = before.find(({ seq }) => seq === row.seq);
    if (damaged.has(row.seq)) found.violation(`D9: ${id} gives out ${row.seq}, which it calls damaged`);
    else if (!isWhatItWas(same, row, how.isLoose(row.turnId))) {
      found.violation(`Q3: ${id} has another chunk ${row.seq}`);
    }
  }
  const given = new Set(now.map(({ seq }) => seq));
  const missing = before.filter(({ seq }) => !given.has(seq) && !damaged.has(seq));
  // An interrupted turn is sealed from what is left of it; that it was damaged stands in the log then.
  const unexplained = missing.filter(
    ({ seq, turnId }) => !how.isLoose(turnId) && !(how.isOlder && seq > now.length),
  );
  if (unexplained.length > 0) {
    found.violation(`D9: ${id} silently lacks ${unexplained.map(({ seq }) => seq).join(', ')}`);
  }
  if (missing.length > 0) found.silent(`${id} ends earlier`);
}

/** Recovery dates what it seals, and may have found less of the same text; an error says why. */
function isWhatItWas(was: Row | undefined, is: Row, isLoose: boolean): boolean {
  if (isDeepStrictEqual(was, is)) return true;
  if (!isLoose) return false;
  if (is.chunk.type === 'error') return true;
  return is.chunk.text !== undefined && (was?.chunk.text ?? '').startsWith(is.chunk.text);
}

/** What recovery adds to the events it finds. */
const ENDING: ReadonlySet<string> = new Set(['step-complete', 'tool-result', 'error', 'done', 'turn-sealed']);

/** Compares what two watchers were given. */
export function compareReplay(
  id: string,
  was: Replay,
  is: Replay,
  how: { readonly isLoose: IsLoose; readonly isOlder: boolean },
  found: Findings,
): void {
  const isTold = is.told.length > 0;
  for (const [turnId, events] of Object.entries(is.turns)) {
    const before = was.turns[turnId] ?? [];
    const isLoose = how.isLoose(turnId);
    const other = events.find((event, index) => {
      if (!isTold && event.n !== index) return true;
      const same = before.find(({ n }) => n === event.n);
      return !isDeepStrictEqual(same, event) && !(isLoose && ENDING.has(event.type));
    });
    if (other !== undefined) found.violation(`D9: ${id} replays another event ${other.n} of ${turnId}`);
  }
  if (isTold) return;
  for (const [turnId, events] of Object.entries(was.turns)) {
    const count = is.turns[turnId]?.length ?? 0;
    if (count >= events.length || how.isLoose(turnId)) continue;
    if (how.isOlder && count === 0) found.silent(`${id} ends earlier`);
    else found.violation(`D9: ${id} silently replays ${count} of ${events.length} events of ${turnId}`);
  }
}
