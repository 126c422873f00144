import type { StoredChunk } from '@dispatch/wire';

/** What of a log belongs to these turns, in its order. `line` undefined: all of it. */
export function onLine(
  history: readonly StoredChunk[],
  line: ReadonlySet<string> | undefined,
): readonly StoredChunk[] {
  if (line === undefined) return history;
  return history.filter(({ turnId }) => turnId !== undefined && line.has(turnId));
}
