import type { Step } from '../../ports.ts';
import type { QueuedMessageRow, QueueQueries } from '../../queue/queue-store.ts';

export interface QueuedTable {
  queued: readonly QueuedMessageRow[];
}

/** The messages of a conversation that wait, in their order. */
export function queuedIn({ queued }: QueuedTable, conversationId: string): readonly QueuedMessageRow[] {
  return queued
    .filter((row) => row.conversationId === conversationId)
    .sort((a, b) => a.position - b.position);
}

export function memoryQueue(tables: QueuedTable, ask: <T>(answer: () => T) => Step<T>): QueueQueries {
  return {
    of: (conversationId) => ask(() => queuedIn(tables, conversationId)),
    put: (row) =>
      ask(() => {
        tables.queued = [...tables.queued.filter(({ id }) => id !== row.id), row];
      }),
    remove: (gone) =>
      ask(() => {
        tables.queued = tables.queued.filter(({ id }) => id !== gone);
      }),
  };
}
