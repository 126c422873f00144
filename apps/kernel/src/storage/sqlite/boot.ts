import type Database from 'better-sqlite3';
import { StoreRefusedError } from '../store-refused-error.ts';
import type { Connection } from './connection.ts';

/** Which database this is, and which start of the kernel on it. */
export interface Boot {
  /** 128 random bits as hex, made with the database. */
  readonly epoch: string;
  /** 1 for the first start. */
  readonly fence: number;
  /** The start before this one closed the database itself. False after a crash, and where an earlier version did not say. */
  readonly stoppedCleanly: boolean;
  /** Counts this start and takes the mark of a clean stop away. Part of the transaction it is called in; again: the same. */
  count(): void;
}

const STOPPED = 'stopped-cleanly';

/** What the next start would be, without beginning it. Throws when the database cannot tell. */
export function nextBoot(database: Database.Database): Omit<Boot, 'count'> {
  const read = database.prepare<[string], unknown>('select value from meta where key = ?').pluck();
  const epoch = read.get('epoch');
  const counted = read.get('boot-counter');
  if (typeof epoch !== 'string' || typeof counted !== 'string' || !/^\d{1,15}$/.test(counted)) {
    throw new StoreRefusedError(
      `${database.name} has lost its epoch or its boot counter. Restore it from a backup.`,
    );
  }
  const running = "select max(fence) from turn where state = 'running' and typeof(fence) = 'integer'";
  // A counter that was set back by damage would leave the turns of a later number to nobody.
  const seen = database.prepare<[], unknown>(running).pluck().get();
  return {
    epoch,
    fence: Math.max(Number(counted), Number.isSafeInteger(seen) ? Number(seen) : 0) + 1,
    stoppedCleanly: Number(counted) === 0 || read.get(STOPPED) === '1',
  };
}

/** Reads which start this is. It must be counted, durably, before it may own anything. */
export function readBoot({ database }: Connection): Boot {
  const write = database.prepare("update meta set value = ? where key = 'boot-counter'");
  const unmark = database.prepare('delete from meta where key = ?');
  const boot = nextBoot(database);
  return {
    ...boot,
    count: () => {
      write.run(String(boot.fence));
      unmark.run(STOPPED);
    },
  };
}

/** Tells the next start that this one ended well. To be called last before the database is closed. */
export function markStopped({ database, immediate }: Connection): void {
  const mark = database.prepare('insert or replace into meta (key, value) values (?, ?)');
  immediate(() => ({ keep: true, value: void mark.run(STOPPED, '1') }));
}
