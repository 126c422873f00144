import type { DomainEventRow, ExtensionStore, StoredExtensionRow, TimerRow } from '../extension-store.ts';

/** An extension store without a disk, with its contents open to a test. */
export interface MemoryExtensionStore extends ExtensionStore {
  readonly events: DomainEventRow[];
  readonly timerRows: Map<string, TimerRow>;
  readonly cursors: Map<string, number>;
  /** True: nothing fits any more. */
  isFull: boolean;
  /** Writes an event as a commit of the kernel would. */
  append(name: string, payload: DomainEventRow['payload']): void;
}

export function memoryExtensionStore(): MemoryExtensionStore {
  const rows = new Map<string, StoredExtensionRow>();
  const timerRows = new Map<string, TimerRow>();
  const cursors = new Map<string, number>();
  const events: DomainEventRow[] = [];
  const listeners = new Set<() => void>();
  let generations = 0;
  const nameOf = (extensionId: string, key: string) => `${extensionId}\n${key}`;

  const store: MemoryExtensionStore = {
    events,
    timerRows,
    cursors,
    isFull: false,
    append(name, payload) {
      events.push({ id: events.length + 1, name, payload, at: 0 });
      for (const listener of listeners) listener();
    },
    row: async (extensionId, key) => rows.get(nameOf(extensionId, key)),
    rows: async (extensionId, prefix, { after = '', limit }) =>
      [...rows]
        .filter(([name]) => name.startsWith(nameOf(extensionId, prefix)))
        .map(([, row]) => row)
        .filter(({ key }) => key > after)
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, limit),
    async change(change) {
      const { extensionId } = change;
      if (store.isFull) return { kind: 'full' };
      for (const { key, version } of change.expect ?? []) {
        if ((rows.get(nameOf(extensionId, key))?.version ?? null) !== version) return { kind: 'conflict' };
      }
      for (const { key, value } of change.put ?? []) {
        const version = (rows.get(nameOf(extensionId, key))?.version ?? 0) + 1;
        rows.set(nameOf(extensionId, key), { key, value, version });
      }
      for (const key of change.delete ?? []) rows.delete(nameOf(extensionId, key));
      const { firedTimer } = change;
      if (firedTimer !== undefined) {
        const name = nameOf(extensionId, firedTimer.key);
        if (timerRows.get(name)?.generation === firedTimer.generation) timerRows.delete(name);
      }
      for (const key of change.cancelTimers ?? []) timerRows.delete(nameOf(extensionId, key));
      const timers = new Map<string, number>();
      for (const { key, dueAt, byClock = false } of change.setTimers ?? []) {
        generations += 1;
        timers.set(key, generations);
        timerRows.set(nameOf(extensionId, key), {
          extensionId,
          key,
          dueAt,
          byClock,
          generation: generations,
          attempt: 0,
        });
      }
      if (change.cursor !== undefined) cursors.set(extensionId, change.cursor);
      for (const { name, payload } of change.events ?? []) store.append(name, payload);
      return { kind: 'committed', timers };
    },
    eventsAfter: async (after, limit) => events.filter(({ id }) => id > after).slice(0, limit),
    eventsHead: async () => events.length,
    onDomainEvents(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async cursor(extensionId) {
      const known = cursors.get(extensionId) ?? events.length;
      cursors.set(extensionId, known);
      return known;
    },
    dropCursor: async (extensionId) => void cursors.delete(extensionId),
    timers: async (ids) => [...timerRows.values()].filter(({ extensionId }) => ids.includes(extensionId)),
    async claimTimer(extensionId, key, generation) {
      const name = nameOf(extensionId, key);
      const row = timerRows.get(name);
      if (row?.generation !== generation) return false;
      timerRows.set(name, { ...row, attempt: row.attempt + 1 });
      return true;
    },
  };
  return store;
}
