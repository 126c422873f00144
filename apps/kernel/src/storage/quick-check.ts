import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { databasePath } from './sqlite/open-database.ts';

/** A look at the structure of the whole database file, beside the kernel's work. */
export interface QuickCheck {
  /** What is wrong, in SQLite's words; empty: nothing. Rejects when it could not be made, or was stopped. */
  readonly findings: Promise<readonly string[]>;
  /** Ends it; resolves when it holds the database no longer. After its end nothing happens. */
  stop(): Promise<void>;
}

/** Findings told at most; one is enough to act on. */
const MOST = 20;

/** As text, because a thread starts from a file, and that would be another one in the sources than in the build. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const Database = require(workerData.driver);
function look() {
  const database = new Database(workerData.path, { readonly: true, fileMustExist: true });
  try {
    const rows = database.pragma('quick_check(${MOST})');
    return rows.map((row) => row.quick_check).filter((line) => line !== 'ok');
  } catch (error) {
    if (!/^SQLITE_(CORRUPT|NOTADB)/.test(error.code)) throw error;
    return [error.message];
  } finally {
    database.close();
  }
}
try {
  // A read that the disk failed shows as damage too; only damage is there the second time.
  const findings = look();
  parentPort.postMessage({ findings: findings.length === 0 ? findings : look() });
} catch ({ message }) {
  parentPort.postMessage({ failure: message });
}`;

type Told = { readonly findings: readonly string[] } | { readonly failure: string };

/** Takes about a second for each gigabyte, in a thread of its own with a connection of its own that can only read. */
export function startQuickCheck(dataDir: string): QuickCheck {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3');
  const worker = new Worker(THREAD, { eval: true, workerData: { driver, path: databasePath(dataDir) } });
  const findings = new Promise<readonly string[]>((resolve, reject) => {
    worker.once('message', (told: Told) =>
      'findings' in told ? resolve(told.findings) : reject(new Error(told.failure)),
    );
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the check ended without a result')));
  });
  findings.catch(() => undefined);
  return {
    findings,
    async stop() {
      await worker.terminate();
    },
  };
}
