import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Attack } from '../harness.ts';

/** What SQLite itself says about the database of a data directory nobody uses any more, and that no turn is left open in it. */
export function checkIntegrity(dataDir: string, { violation }: Attack): void {
  const database = new Database(join(dataDir, 'dispatch.db'));
  try {
    const found = database.pragma('integrity_check', { simple: true });
    if (found !== 'ok') violation(`D7: integrity_check says ${String(found)}`);
    const orphans = database.pragma('foreign_key_check') as readonly unknown[];
    if (orphans.length > 0) violation(`D4: ${orphans.length} rows have lost their parents`);
    const running = database.prepare("select count(*) from turn where state = 'running'").pluck().get();
    if (running !== 0) violation(`T1: ${String(running)} turns are still open`);
  } finally {
    database.close();
  }
}
