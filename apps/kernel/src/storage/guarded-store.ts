import type { Store } from '../ports.ts';
import { type StoreDamage, StoreReadOnlyError } from './store-damage.ts';

/**
 * The store, closed to writes once it was found damaged: writing on could spread the damage over what is still whole. What belongs to a
 * running turn may still be written, so that it ends where people watch it.
 */
export function guardedStore(store: Store, damage: StoreDamage): Store {
  return {
    epoch: store.epoch,
    fence: store.fence,
    age: () => store.age(),
    read: store.read,
    appendTurnEvents: (batch) => store.appendTurnEvents(batch),
    close: () => store.close(),
    async commit(request) {
      if (damage.found && request.fence === undefined) throw new StoreReadOnlyError();
      try {
        return await store.commit(request);
      } catch (error) {
        // Damage that this very commit met: all that follows is told the same.
        if (damage.found && request.fence === undefined) throw new StoreReadOnlyError(error);
        throw error;
      }
    },
    async trim(before, now) {
      return damage.found ? false : store.trim(before, now);
    },
  };
}
