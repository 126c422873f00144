import type { ExtensionChange, ExtensionChangeOutcome } from '../extension/extension-store.ts';
import type { Step } from '../ports.ts';
import { appendDomainEvents } from './domain-events.ts';
import { moveCursor } from './extension-cursors.ts';
import { deleteExtensionRow, extensionRow, putExtensionRow } from './extension-rows.ts';
import { cancelTimer, endTimer, setTimer } from './extension-timers.ts';
import type { OnDamagedRow } from './store-damage.ts';

/** When a change is made: the time of day, and the store's age. */
export interface ChangedAt {
  readonly now: number;
  readonly age: number;
}

/**
 * Everything one change of an extension does between begin and end. Whoever drives it keeps the transaction only when the outcome is `committed`.
 */
export function* changeSteps(
  change: ExtensionChange,
  { now, age }: ChangedAt,
  onDamaged: OnDamagedRow,
): Step<ExtensionChangeOutcome> {
  const { extensionId, cursor, firedTimer } = change;
  for (const { key, version } of change.expect ?? []) {
    const row = yield* extensionRow(extensionId, key, onDamaged);
    if ((row?.version ?? null) !== version) return { kind: 'conflict' };
  }
  for (const key of change.delete ?? []) yield* deleteExtensionRow(extensionId, key);
  for (const { key, value } of change.put ?? []) {
    yield* putExtensionRow(extensionId, key, value, onDamaged);
  }
  for (const key of change.cancelTimers ?? []) yield* cancelTimer(extensionId, key);
  if (firedTimer) yield* endTimer(extensionId, firedTimer.key, firedTimer.generation);
  const timers = new Map<string, number>();
  for (const asked of change.setTimers ?? []) {
    timers.set(asked.key, yield* setTimer(extensionId, asked));
  }
  yield* appendDomainEvents(change.events ?? [], now, age);
  if (cursor !== undefined) yield* moveCursor(extensionId, cursor, onDamaged);
  return { kind: 'committed', timers };
}
