import type { Clock } from '../ports.ts';
import type { Connection } from './sqlite/connection.ts';

/** How long kernels have had a store open, over all their starts. */
export interface StoreAge {
  /** Milliseconds, from the monotonic clock. */
  now(): number;
  /** Stores how old it is, inside the transaction that is open or in one of its own. What a crash loses of it only keeps rows for longer. */
  keep(): void;
}

/** The age goes on where the last start kept it. A row of it that makes no sense counts as none. */
export function createStoreAge({ database }: Connection, clock: Clock): StoreAge {
  const stored = database.prepare("select value from meta where key = 'age'").pluck().get();
  const write = database.prepare(
    "insert into meta (key, value) values ('age', ?) on conflict (key) do update set value = excluded.value",
  );
  const known = Number(stored ?? 0);
  const before = Number.isSafeInteger(known) && known > 0 ? known : 0;
  const opened = clock.mono();
  const now = () => before + Math.floor(clock.mono() - opened);
  return { now, keep: () => void write.run(String(now())) };
}
