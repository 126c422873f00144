import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StoreRefusedError } from '../store-refused-error.ts';
import { auditDamage } from './audit-damage.ts';
import { readSettledCopy } from './database-copy.ts';
import { checkSchemaVersion, pendingMigrations } from './migrations.ts';
import { checkIdentity, databasePath } from './open-database.ts';

/** What can be said of a database without changing it. */
export type DatabaseFacts =
  | {
      readonly state: 'absent';
      /** A file that belongs to a database which is not there. Absent: none, so a start makes a new store. */
      readonly orphan?: string;
    }
  | {
      /** `damaged` cannot be read as a database · `refused` it is one, but not for this version · `unreadable` the system says no. */
      readonly state: 'damaged' | 'refused' | 'unreadable';
      readonly reason: string;
    }
  | {
      readonly state: 'readable';
      readonly bytes: number;
      /** Bytes of the write-ahead log; 0 when there is none. */
      readonly walBytes: number;
      /** Migrations a start would apply. Null: not looked at. */
      readonly pendingMigrations: number | null;
      /** Made with the database. Null: not looked at. */
      readonly epoch: string | null;
      /** What SQLite's own check found: nothing, or these. Null: not looked at, `leftOut` says why. */
      readonly found: readonly string[] | null;
      readonly leftOut?: string;
      /** First entry of the audit trail that is missing or not what was written. Absent: none, or it was not looked at. */
      readonly damagedAudit?: number;
    };

/** Findings told at most; one is enough to act. */
const FINDINGS = 5;
const MAGIC = 'SQLite format 3\0';

/**
 * Looks at the database of a data directory and writes nothing there. While a kernel runs it reads beside it. Otherwise SQLite would
 * have to make files beside the database, so that a copy is read instead, elsewhere and only when it is of moderate size.
 */
export function inspectDatabase(dataDir: string, isHeld: () => boolean): DatabaseFacts {
  const path = databasePath(dataDir);
  try {
    if (!existsSync(path)) {
      const orphan = ['-wal', '-journal'].map((suffix) => path + suffix).find((file) => existsSync(file));
      return orphan === undefined ? { state: 'absent' } : { state: 'absent', orphan };
    }
    const bytes = statSync(path).size;
    const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes === 0) return { state: 'damaged', reason: `${path} is empty` };
    const settled = isHeld() ? undefined : readSettled(path, isHeld);
    return { state: 'readable', bytes, walBytes, ...(settled ?? readBeside(path)) };
  } catch (error) {
    return refusalOf(error);
  }
}

type Contents = Pick<
  Extract<DatabaseFacts, { state: 'readable' }>,
  'pendingMigrations' | 'epoch' | 'found' | 'leftOut' | 'damagedAudit'
>;

const leftOut = (reason: string): Contents => ({
  pendingMigrations: null,
  epoch: null,
  found: null,
  leftOut: reason,
});

/** While a kernel runs. Without its shared memory SQLite would have to make some. */
function readBeside(path: string): Contents {
  return existsSync(`${path}-shm`) ? read(path) : leftOut('a kernel is just starting or ending');
}

/** While none runs. Undefined: one has started meanwhile, so that what was read is of two moments. */
function readSettled(path: string, isHeld: () => boolean): Contents | undefined {
  try {
    if (!isDatabase(path)) throw new NoDatabaseError(`${path} does not begin like a database`);
    const copied = readSettledCopy(path, read);
    if (isHeld()) return undefined;
    return 'leftOut' in copied ? leftOut(copied.leftOut) : copied.value;
  } catch (error) {
    if (isHeld()) return undefined;
    throw error;
  }
}

class NoDatabaseError extends Error {
  override readonly name = 'NoDatabaseError';
}

function read(path: string): Contents {
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 1_000 });
  try {
    checkIdentity(database);
    checkSchemaVersion(database);
    const epoch = database.prepare<[], string>("select value from meta where key = 'epoch'").pluck().get();
    const rows = database.pragma(`quick_check(${FINDINGS})`) as { quick_check: string }[];
    const told = rows.map((row) => row.quick_check);
    const isWhole = told.length === 1 && told[0] === 'ok';
    const pending = pendingMigrations(database);
    // What is broken or of an earlier version cannot be walked through.
    const damagedAudit = isWhole && pending === 0 ? auditDamage(database) : undefined;
    return {
      pendingMigrations: pending,
      epoch: epoch ?? null,
      found: isWhole ? [] : told,
      ...(damagedAudit !== undefined && { damagedAudit }),
    };
  } finally {
    database.close();
  }
}

function isDatabase(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const head = Buffer.alloc(MAGIC.length);
    readSync(descriptor, head, 0, head.length, 0);
    return head.toString('latin1') === MAGIC;
  } finally {
    closeSync(descriptor);
  }
}

function refusalOf(error: unknown): DatabaseFacts {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof StoreRefusedError) return { state: 'refused', reason };
  if (error instanceof NoDatabaseError) return { state: 'damaged', reason };
  const code = error instanceof Database.SqliteError ? error.code : '';
  const isDamage =
    code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_ERROR';
  return { state: isDamage ? 'damaged' : 'unreadable', reason };
}
