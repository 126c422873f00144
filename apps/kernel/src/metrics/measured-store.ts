import type { Clock, Store } from '../ports.ts';
import type { KernelMetrics } from './kernel-metrics.ts';

/** The store, with the time of each write told. */
export function measuredStore(store: Store, metrics: Pick<KernelMetrics, 'committed'>, clock: Clock): Store {
  async function measured<T>(
    kind: 'commit' | 'events',
    write: () => Promise<T>,
    outcomeOf: (value: T) => string,
  ): Promise<T> {
    const begun = clock.mono();
    const told = (outcome: string) => metrics.committed(kind, outcome, (clock.mono() - begun) / 1_000);
    try {
      const value = await write();
      told(outcomeOf(value));
      return value;
    } catch (error) {
      told('failed');
      throw error;
    }
  }

  return {
    epoch: store.epoch,
    fence: store.fence,
    read: store.read,
    extensions: store.extensions,
    people: store.people,
    onUserEvents: (listener) => store.onUserEvents(listener),
    age: () => store.age(),
    commit: (request) =>
      measured(
        'commit',
        () => store.commit(request),
        ({ kind }) => kind,
      ),
    appendTurnEvents: (batch) =>
      measured(
        'events',
        () => store.appendTurnEvents(batch),
        (outcome) => outcome,
      ),
    trim: (before, now) => store.trim(before, now),
    close: () => store.close(),
  };
}
