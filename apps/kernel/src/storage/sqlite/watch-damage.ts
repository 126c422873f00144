import Database from 'better-sqlite3';
import { DamagedRowError } from '../rows.ts';

/** Runs work on the file, with the eyes of {@link watchDamage}. */
export type Watched = <T>(work: () => T) => T;

/**
 * Tells SQLite's complaints about the file as `DamagedRowError`, so that one bad page costs what lies on it and nothing else. `onDamage` hears of those
 * that say that the file itself is broken. To be put around what tries a failed read again, since only damage is there the second time.
 */
export function watchDamage(onDamage: (findings: readonly string[]) => void): Watched {
  return (work) => {
    try {
      return work();
    } catch (error) {
      const code = error instanceof Database.SqliteError ? error.code : '';
      const isBroken = code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
      // What we write never contradicts what we wrote: when SQLite says so, what is stored is something else.
      if (!isBroken && !code.startsWith('SQLITE_CONSTRAINT')) throw error;
      const { message } = error as Error;
      if (isBroken) onDamage([message]);
      throw new DamagedRowError(message, error);
    }
  };
}
