import type {
  DomainEventDraft,
  DomainEventRow,
  ExtensionChange,
  ExtensionChangeOutcome,
  ExtensionStore,
  StoredExtensionRow,
  TimerRow,
} from '../../extension/extension-store.ts';
import { StoreFullError } from '../../storage/store-full-error.ts';

/** What extensions keep, as it survives a restart. */
export interface ExtensionTables {
  events: DomainEventRow[];
  /** By extension id and key, as JSON. */
  rows: Record<string, StoredExtensionRow>;
  cursors: Record<string, number>;
  /** By extension id and key, as JSON. */
  timers: Record<string, TimerRow>;
  generations: number;
}

export const noExtensionTables = (): ExtensionTables => ({
  events: [],
  rows: {},
  cursors: {},
  timers: {},
  generations: 0,
});

/** The extension store in memory. `storing` is asked for each write. */
export function memoryExtensions(
  tables: ExtensionTables,
  storing: <T>(write: () => T) => Promise<T | 'full'>,
) {
  const listeners = new Set<() => void>();
  let isNew = false;
  const id = (extensionId: string, key: string) => JSON.stringify([extensionId, key]);
  const head = () => tables.events.at(-1)?.id ?? 0;

  function append(drafts: readonly DomainEventDraft[]): void {
    for (const draft of drafts) tables.events.push(copy({ ...draft, id: head() + 1, at: 0 }));
    isNew ||= drafts.length > 0;
  }

  /** To be called behind a write. */
  function tell(): void {
    if (!isNew) return;
    isNew = false;
    for (const listener of listeners) listener();
  }

  function change(asked: ExtensionChange): ExtensionChangeOutcome {
    const { extensionId, firedTimer, cursor } = asked;
    const place = (key: string) => id(extensionId, key);
    const isAsExpected = ({ key, version }: { key: string; version: number | null }) =>
      (tables.rows[place(key)]?.version ?? null) === version;
    if (!(asked.expect ?? []).every(isAsExpected)) return { kind: 'conflict' };
    for (const key of asked.delete ?? []) delete tables.rows[place(key)];
    for (const { key, value } of asked.put ?? []) {
      const version = (tables.rows[place(key)]?.version ?? 0) + 1;
      tables.rows[place(key)] = copy({ key, value, version });
    }
    for (const key of asked.cancelTimers ?? []) delete tables.timers[place(key)];
    if (firedTimer && tables.timers[place(firedTimer.key)]?.generation === firedTimer.generation) {
      delete tables.timers[place(firedTimer.key)];
    }
    const timers = new Map<string, number>();
    for (const { key, dueAt, byClock = false } of asked.setTimers ?? []) {
      tables.generations += 1;
      const generation = tables.generations;
      tables.timers[place(key)] = { extensionId, key, dueAt, byClock, generation, attempt: 0 };
      timers.set(key, generation);
    }
    append(asked.events ?? []);
    if (cursor !== undefined) {
      tables.cursors[extensionId] = Math.max(cursor, tables.cursors[extensionId] ?? 0);
    }
    return { kind: 'committed', timers };
  }

  async function written<T>(write: () => T): Promise<T> {
    const value = await storing(write);
    if (value === 'full') throw new StoreFullError();
    return value as T;
  }

  const store: ExtensionStore = {
    row: async (extensionId, key) => copy(tables.rows[id(extensionId, key)]),
    async rows(extensionId, prefix, { after, limit }) {
      const found = Object.entries(tables.rows)
        .filter(([place]) => JSON.parse(place)[0] === extensionId)
        .map(([, row]) => row)
        .filter(({ key }) => key.startsWith(prefix) && (after === undefined || compare(key, after) > 0));
      return copy(found.sort((a, b) => compare(a.key, b.key)).slice(0, limit));
    },
    async change(asked) {
      const outcome = await storing(() => change(asked));
      tell();
      return outcome === 'full' ? { kind: 'full' } : outcome;
    },
    eventsAfter: async (after, limit) =>
      copy(tables.events.filter((event) => event.id > after).slice(0, limit)),
    eventsHead: async () => head(),
    onDomainEvents(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async cursor(extensionId) {
      const known = tables.cursors[extensionId];
      if (known !== undefined) return known;
      return written(() => {
        tables.cursors[extensionId] ??= head();
        return tables.cursors[extensionId];
      });
    },
    dropCursor: (extensionId) => written(() => void delete tables.cursors[extensionId]),
    timers: async (extensionIds) =>
      copy(Object.values(tables.timers).filter(({ extensionId }) => extensionIds.includes(extensionId))),
    claimTimer: (extensionId, key, generation) =>
      written(() => {
        const place = id(extensionId, key);
        const timer = tables.timers[place];
        if (timer?.generation !== generation) return false;
        tables.timers[place] = { ...timer, attempt: timer.attempt + 1 };
        return true;
      }),
  };
  return { store, append, tell };
}

/** In the order of code points. */
const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function copy<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
