import type { ExtensionStore } from '../extension/extension-store.ts';
import type { Store } from '../ports.ts';
import { type StoreDamage, StoreReadOnlyError } from './store-damage.ts';

/**
 * The store, closed to writes once it was found damaged: writing on could spread the damage over what is still whole. What belongs to a
 * running turn may still be written, so that it ends where people watch it.
 */
export function guardedStore(store: Store, damage: StoreDamage): Store {
  async function unlessDamaged<T>(write: () => Promise<T>): Promise<T> {
    if (damage.found) throw new StoreReadOnlyError();
    try {
      return await write();
    } catch (error) {
      // Damage that this very write met: all that follows is told the same.
      if (damage.found) throw new StoreReadOnlyError(error);
      throw error;
    }
  }

  return {
    epoch: store.epoch,
    fence: store.fence,
    age: () => store.age(),
    read: store.read,
    people: store.people,
    onUserEvents: (listener) => store.onUserEvents(listener),
    extensions: guardedExtensions(store.extensions, unlessDamaged),
    appendTurnEvents: (batch) => store.appendTurnEvents(batch),
    close: () => store.close(),
    commit: (request) =>
      request.fence === undefined ? unlessDamaged(() => store.commit(request)) : store.commit(request),
    async trim(before, now) {
      return damage.found ? false : store.trim(before, now);
    },
  };
}

function guardedExtensions(
  store: ExtensionStore,
  unlessDamaged: <T>(write: () => Promise<T>) => Promise<T>,
): ExtensionStore {
  return {
    row: (extensionId, key) => store.row(extensionId, key),
    rows: (extensionId, prefix, page) => store.rows(extensionId, prefix, page),
    change: (change) => unlessDamaged(() => store.change(change)),
    eventsAfter: (after, limit) => store.eventsAfter(after, limit),
    eventsHead: () => store.eventsHead(),
    onDomainEvents: (listener) => store.onDomainEvents(listener),
    cursor: (extensionId) => unlessDamaged(() => store.cursor(extensionId)),
    dropCursor: (extensionId) => unlessDamaged(() => store.dropCursor(extensionId)),
    timers: (extensionIds) => store.timers(extensionIds),
    claimTimer: (extensionId, key, generation) =>
      unlessDamaged(() => store.claimTimer(extensionId, key, generation)),
  };
}
