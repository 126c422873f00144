import { isDeepStrictEqual } from 'node:util';
import { type ChatCursor, createClient } from '@dispatch/client';
import { WebSocket } from 'ws';
import type { SeenEvent } from '../../kill/observations.ts';

/** One watcher of one conversation with the published client, over any number of joins. */
export interface Watching {
  /** Joins, behind what was seen before. */
  join(url: string): void;
  leave(): void;
  /** True: the whole of this turn was seen. */
  hasSealed(turnId: string): boolean;
  /** What it has to complain of; `seen` is what the one who talked saw, `from` the first turn it must have seen whole. */
  complaints(seen: ReadonlyMap<string, readonly SeenEvent[]>, whole: readonly string[]): readonly string[];
}

export function createWatching(conversationId: string): Watching {
  const turns = new Map<string, SeenEvent[]>();
  const found: string[] = [];
  let cursor: ChatCursor | undefined;
  let leave = () => {};
  return {
    join(url) {
      const connection = createClient({ url, WebSocket }).connect({ onError: () => undefined });
      const onReset = ({ reason }: { readonly reason: string }) => {
        // A line that was lost before its first event promises nothing of what passed meanwhile.
        if (reason !== 'no-cursor') found.push(`R1: a watcher was reset: ${reason}`);
        turns.clear();
      };
      const subscription = connection.subscribe(
        conversationId,
        { ...cursor, onReset },
        (event, { turnId, n }) => {
          if (turnId === undefined || n === undefined) return;
          const events = turns.get(turnId) ?? [];
          turns.set(turnId, events);
          if (n !== events.length)
            found.push(`R1: a watcher got ${n} of ${turnId} behind ${events.length - 1}`);
          events[n] = { ...event };
        },
      );
      leave = () => {
        cursor = subscription.cursor;
        connection.close();
      };
    },
    leave: () => leave(),
    hasSealed: (turnId) => turns.get(turnId)?.at(-1)?.type === 'turn-sealed',
    complaints(seen, whole) {
      for (const turnId of whole)
        if (!turns.has(turnId)) found.push(`R1: a watcher saw nothing of ${turnId}`);
      for (const [turnId, events] of turns) {
        const told = seen.get(turnId);
        const expected = whole.includes(turnId) ? told : told?.slice(0, events.length);
        if (expected !== undefined && !isDeepStrictEqual(events, expected)) {
          found.push(`R1: a watcher saw ${events.length} events of ${turnId}, its sender ${told?.length}`);
        }
      }
      turns.clear();
      return found.splice(0);
    },
  };
}
