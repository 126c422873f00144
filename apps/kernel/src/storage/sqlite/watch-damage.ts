import Database from 'better-sqlite3';
import { DamagedRowError } from '../rows.ts';
import type { Connection } from './connection.ts';

/** A connection whose file is watched. */
export interface WatchedConnection extends Connection {
  /** Runs `work` on what lies below with the same eyes. */
  watched<T>(work: () => T): T;
}

/**
 * The same connection, but with SQLite's complaints about the file as `DamagedRowError`, so that one bad page costs what lies on it and
 * nothing else. `onDamage` hears of those that say that the file itself is broken.
 */
export function watchDamage(
  connection: Connection,
  onDamage: (findings: readonly string[]) => void,
): WatchedConnection {
  function watched<T>(work: () => T): T {
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
  }
  return {
    ...connection,
    watched,
    drive: (step) => watched(() => connection.drive(step)),
    immediate: (work) => watched(() => connection.immediate(work)),
  };
}
