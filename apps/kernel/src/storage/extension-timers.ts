import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import type { ExtensionChange, TimerRow } from '../extension/extension-store.ts';
import type { Step } from '../ports.ts';
import { advanceHead, TIMER_STREAM } from './heads.ts';
import { isWhole } from './rows.ts';
import { timer } from './schema.ts';
import { build, changing, reading, slot, slots } from './statements.ts';
import type { OnDamagedRow } from './store-damage.ts';
import { excluded } from './upsert.ts';

const columns = getTableColumns(timer);
const thisTimer = and(eq(columns.extension_id, slot('extension_id')), eq(columns.key, slot('key')));
const thisGeneration = and(thisTimer, eq(columns.generation, slot('generation')));
const stored = reading(
  build
    .select()
    .from(timer)
    .where(eq(columns.extension_id, slot('extension_id'))),
);
const written = changing(
  build
    .insert(timer)
    .values(slots(columns))
    .onConflictDoUpdate({ target: [columns.extension_id, columns.key], set: excluded(columns) }),
);
const cancelled = changing(build.delete(timer).where(thisTimer));
const ended = changing(build.delete(timer).where(thisGeneration));
const claimed = reading(
  build
    .update(timer)
    .set({ attempt: sql`${columns.attempt} + 1` })
    .where(thisGeneration)
    .returning({ key: columns.key }),
);

/** Timers that can be told apart and are due at some time. The others are told. */
export function* extensionTimers(extensionIds: readonly string[], onDamaged: OnDamagedRow): Step<TimerRow[]> {
  const readable: TimerRow[] = [];
  for (const extensionId of extensionIds) {
    for (const record of yield* stored({ extension_id: extensionId })) {
      const { key, due_at: dueAt, by_clock: byClock, generation, attempt } = record;
      if (typeof key === 'string' && isWhole(dueAt) && isWhole(generation) && isWhole(attempt)) {
        readable.push({ extensionId, key, dueAt, byClock: byClock === 1, generation, attempt });
      } else onDamaged(`timer ${JSON.stringify(String(key))} of extension ${extensionId}`);
    }
  }
  return readable;
}

/** Sets a timer, in the place of one with its key. Gives its generation. */
export function* setTimer(
  extensionId: string,
  { key, dueAt, byClock = false }: NonNullable<ExtensionChange['setTimers']>[number],
): Step<number> {
  const generation = yield* advanceHead(TIMER_STREAM, 1);
  const due = { due_at: dueAt, by_clock: byClock ? 1 : 0 };
  yield* written({ extension_id: extensionId, key, ...due, generation, attempt: 0 });
  return generation;
}

export const cancelTimer = (extensionId: string, key: string): Step<void> =>
  cancelled({ extension_id: extensionId, key });

/** Removes a timer that is over, unless it was set again. */
export const endTimer = (extensionId: string, key: string, generation: number): Step<void> =>
  ended({ extension_id: extensionId, key, generation });

/** Counts an attempt. False: there is no such timer, or not of this generation. */
export function* claimTimer(extensionId: string, key: string, generation: number): Step<boolean> {
  return (yield* claimed({ extension_id: extensionId, key, generation })).length > 0;
}
