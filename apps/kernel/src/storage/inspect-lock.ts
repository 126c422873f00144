import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Whether a kernel holds a data directory. */
export interface LockFacts {
  readonly held: boolean;
  /** Process that holds it. Absent: nobody does, or the system does not tell. */
  readonly pid?: number;
  /** Why it cannot be told. Absent when it can. */
  readonly reason?: string;
}

/**
 * Looks at the lock without taking it. A kernel's lock lets nobody read, so reading nothing is the question; it holds a shared lock
 * for that moment, which a kernel that starts just then waits out.
 */
export function inspectLock(dataDir: string): LockFacts {
  const path = join(dataDir, 'lock.db');
  if (!existsSync(path)) return { held: false };
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true, timeout: 0 });
    database.prepare('select count(*) from sqlite_master').get();
    return { held: false };
  } catch (error) {
    const code = error instanceof Database.SqliteError ? error.code : '';
    if (!code.startsWith('SQLITE_BUSY')) {
      return { held: false, reason: error instanceof Error ? error.message : String(error) };
    }
    const pid = holderOf(path);
    return pid === undefined ? { held: true } : { held: true, pid };
  } finally {
    database?.close();
  }
}

/** Linux lists who locks which file, by its number; elsewhere nobody tells. */
function holderOf(path: string): number | undefined {
  try {
    const inode = statSync(path).ino;
    const line = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .find((text) => new RegExp(`WRITE +\\d+ [\\da-f]+:[\\da-f]+:${inode} `).test(text));
    const pid = Number(/WRITE +(\d+) /.exec(line ?? '')?.[1]);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
