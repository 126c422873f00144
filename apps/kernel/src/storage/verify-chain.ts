import Database from 'better-sqlite3';
import { and, asc, eq, gt } from 'drizzle-orm';
import type { Step } from '../ports.ts';
import { CHAIN_START, findDamage } from './chunk-hash.ts';
import { chunkStream } from './heads.ts';
import { chunk, head } from './schema.ts';
import { connect } from './sqlite/connection.ts';
import { databasePath } from './sqlite/open-database.ts';
import { build, rowsOf } from './statements.ts';

const PAGE = 1_000;

/** What a scrub of one conversation found. */
export interface ChainReport {
  /** The conversation's head: how many chunks its log must have. */
  readonly head: number;
  /** Sequence numbers whose chunk is missing or is not what was written, ascending. Empty: the log is whole. */
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
  const [headRow] = yield* rowsOf(
    build
      .select()
      .from(head)
      .where(eq(head.stream, chunkStream(conversationId))),
  );
  const last = headRow?.seq ?? 0;
  const damaged: number[] = [];
  let seq = 0;
  let hash: string | undefined = CHAIN_START;
  for (;;) {
    const rows: (typeof chunk.$inferSelect)[] = yield* rowsOf(
      build
        .select()
        .from(chunk)
        .where(and(eq(chunk.conversation_id, conversationId), gt(chunk.seq, seq)))
        .orderBy(asc(chunk.seq))
        .limit(PAGE),
    );
    damaged.push(...findDamage(rows, hash, seq + 1));
    const end = rows.at(-1);
    if (end === undefined) break;
    seq = end.seq;
    hash = end.hash;
  }
  // Rows behind the head belong to no commit; rows missing before it were cut off the end.
  for (let missing = seq + 1; missing <= last; missing++) damaged.push(missing);
  for (let extra = last + 1; extra <= seq; extra++) if (!damaged.includes(extra)) damaged.push(extra);
  return { head: last, damaged };
}
