import Database from 'better-sqlite3';
import type { Step } from '../ports.ts';
import { chunkStream, headOf } from './heads.ts';
import { DamagedHistoryError, readHistory } from './read-history.ts';
import { connect } from './sqlite/connection.ts';
import { databasePath } from './sqlite/open-database.ts';

/** What a scrub of one conversation found. */
export interface ChainReport {
  /** The conversation's head: how many chunks its log must have. 0: it has none, or does not tell. */
  readonly head: number;
  /** Sequence numbers whose chunk is missing or is not what was written, ascending; the first thousand. Empty: the log is whole. */
  readonly damaged: readonly number[];
}

/** Recomputes the hash of every chunk of a conversation. Opens the database by itself, to read only; a kernel may be running. */
export function verifyChain(dataDir: string, conversationId: string): ChainReport {
  const database = new Database(databasePath(dataDir), { readonly: true, fileMustExist: true });
  try {
    const { drive } = connect(database);
    return database.transaction(() => drive(chainReport(conversationId)))();
  } finally {
    database.close();
  }
}

function* chainReport(conversationId: string): Step<ChainReport> {
  const head = (yield* headOf(chunkStream(conversationId))) ?? 0;
  try {
    yield* readHistory(conversationId, { sinceSeq: 0 });
    return { head, damaged: [] };
  } catch (error) {
    if (error instanceof DamagedHistoryError) return { head, damaged: error.damaged };
    throw error;
  }
}
