import { type ExtensionCommit, HostError } from '@dispatch/extension-api';
import { crashPoint } from '../crash-point.ts';
import type { Clock } from '../ports.ts';
import { StoreReadOnlyError } from '../storage/store-damage.ts';
import { checkCommit } from './extension-changes.ts';
import type { ExtensionChange, ExtensionStore } from './extension-store.ts';
import type { TimerRunner } from './timer-runner.ts';

/** What is written beside an extension's own change. */
export type BesideCommit = Pick<ExtensionChange, 'cursor' | 'firedTimer'>;

/** Writes one extension's changes. Rejects with `HostError`. */
export type CommitExtension = (
  commit: ExtensionCommit | undefined,
  beside?: BesideCommit,
) => Promise<'committed' | 'conflict'>;

export interface ExtensionCommitsParts {
  readonly extensionId: string;
  /** Names of the events its manifest lists. */
  readonly events: ReadonlySet<string>;
  readonly store: Pick<ExtensionStore, 'change'>;
  readonly timers: Pick<TimerRunner, 'changed'>;
  readonly clock: Clock;
}

export function commitsOf({
  extensionId,
  events,
  store,
  timers,
  clock,
}: ExtensionCommitsParts): CommitExtension {
  return async (commit, beside = {}) => {
    const { change, waits } = checkCommit(extensionId, commit, events, clock);
    crashPoint('before-extension-change');
    const outcome = await store.change({ ...change, ...beside }).catch((error: unknown) => {
      if (error instanceof StoreReadOnlyError) throw new HostError('store-read-only', 'the store is damaged');
      throw error;
    });
    crashPoint('after-extension-change');
    if (outcome.kind === 'full') throw new HostError('storage-full', 'there is no room on the disk');
    if (outcome.kind === 'conflict') return 'conflict';
    const set = (change.setTimers ?? []).flatMap(({ key, dueAt, byClock = false }) => {
      const generation = outcome.timers.get(key);
      return generation === undefined
        ? []
        : [{ key, dueAt, byClock, generation, waitMs: waits.get(key) ?? 0 }];
    });
    timers.changed(extensionId, set, change.cancelTimers ?? []);
    return 'committed';
  };
}
