import type { ExtensionStore } from '../extension/extension-store.ts';
import type { Step } from '../ports.ts';
import { type ChangedAt, changeSteps } from './change-extension.ts';
import { domainEventsAfter, lastEvent } from './domain-events.ts';
import { beginCursor, cursorOf, dropCursor } from './extension-cursors.ts';
import { extensionRow, extensionRows } from './extension-rows.ts';
import { claimTimer, extensionTimers } from './extension-timers.ts';
import type { Read } from './reads.ts';
import type { Connection } from './sqlite/connection.ts';
import type { OnDamagedRow } from './store-damage.ts';
import { StoreFullError } from './store-full-error.ts';
import type { Listeners } from './store-listeners.ts';
import type { Writer } from './writer.ts';

export interface ExtensionStoreParts {
  readonly connection: Connection;
  readonly read: Read;
  readonly write: Writer;
  /** The moment of a change, asked inside its transaction. */
  readonly now: () => ChangedAt;
  readonly onDamaged: OnDamagedRow;
  readonly domainEvents: Listeners;
}

/** What extensions keep, over an open connection. */
export function createExtensionStore(parts: ExtensionStoreParts): ExtensionStore {
  const { connection, read, write, now, onDamaged, domainEvents } = parts;

  /** For what has no outcome of its own for a full disk. */
  async function written<T>(step: () => Step<T>): Promise<T> {
    // As patient as a running turn: an extension has done its part already, and would have to do it again.
    const value = await write('event', () => ({ keep: true, value: connection.drive(step()) }));
    if (value === 'full') throw new StoreFullError();
    return value;
  }

  return {
    row: async (extensionId, key) => read(() => extensionRow(extensionId, key, onDamaged)),
    rows: async (extensionId, prefix, page) =>
      read(() => extensionRows(extensionId, prefix, page, onDamaged)),

    async change(change) {
      const outcome = await write('event', () => {
        const value = connection.drive(changeSteps(change, now(), onDamaged));
        return { keep: value.kind === 'committed', value };
      });
      if (outcome === 'full') return { kind: 'full' };
      if (outcome.kind === 'committed' && change.events?.length) domainEvents.tell();
      return outcome;
    },

    eventsAfter: async (after, limit) => read(() => domainEventsAfter(after, limit, onDamaged)),
    eventsHead: async () => read(lastEvent),
    onDomainEvents: (listener) => domainEvents.add(listener),

    async cursor(extensionId) {
      const known = read(() => cursorOf(extensionId, onDamaged));
      return known ?? written(() => beginCursor(extensionId, onDamaged));
    },
    dropCursor: (extensionId) => written(() => dropCursor(extensionId)),

    timers: async (extensionIds) => read(() => extensionTimers(extensionIds, onDamaged)),
    claimTimer: (extensionId, key, generation) => written(() => claimTimer(extensionId, key, generation)),
  };
}
