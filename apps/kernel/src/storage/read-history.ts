import type { StoredChunk } from '@dispatch/wire';
import { and, asc, desc, eq, gt, lt } from 'drizzle-orm';
import type { HistorySlice, Step } from '../ports.ts';
import { CHAIN_START, type ChunkRecord, findDamage } from './chunk-hash.ts';
import { chunkStream } from './heads.ts';
import { parseStored } from './rows.ts';
import { chunk, head } from './schema.ts';
import { build, reading, rowsOf, slot } from './statements.ts';

const headOf = reading(
  build
    .select({ seq: head.seq })
    .from(head)
    .where(eq(head.stream, slot('stream'))),
);
const everythingAfter = reading(
  build
    .select()
    .from(chunk)
    .where(and(eq(chunk.conversation_id, slot('conversation_id')), gt(chunk.seq, slot('after'))))
    .orderBy(asc(chunk.seq)),
);

/** Some chunks of a log are missing or are not what was written. The rest of the slice is in the error. */
export class DamagedHistoryError extends Error {
  override readonly name = 'DamagedHistoryError';
  readonly conversationId: string;
  /** Sequence numbers of the damaged or missing chunks, ascending. */
  readonly damaged: readonly number[];
  /** The slice without them. */
  readonly readable: readonly StoredChunk[];

  constructor(conversationId: string, damaged: readonly number[], readable: readonly StoredChunk[]) {
    super(`Conversation ${conversationId} has damaged chunks: ${damaged.join(', ')}`);
    this.conversationId = conversationId;
    this.damaged = damaged;
    this.readable = readable;
  }
}

/** A slice of a conversation's log, each row checked against the hash chain. */
export function* readHistory(conversationId: string, slice: HistorySlice): Step<StoredChunk[]> {
  const { sinceSeq, beforeSeq, limit } = slice;
  const rows =
    limit === undefined && beforeSeq === undefined
      ? yield* everythingAfter({ conversation_id: conversationId, after: sinceSeq })
      : yield* selected(conversationId, slice);
  const [first] = rows;
  const lost =
    beforeSeq === undefined ? yield* cutOff(conversationId, rows.at(-1)?.seq ?? Math.max(sinceSeq, 0)) : [];
  if (first === undefined) {
    if (lost.length > 0) throw new DamagedHistoryError(conversationId, lost, []);
    return [];
  }
  // With a limit the slice starts where it starts; without one, a row missing right behind sinceSeq is a finding.
  const firstSeq = limit === undefined ? Math.max(sinceSeq, 0) + 1 : first.seq;
  const damaged = [...findDamage(rows, yield* hashBefore(conversationId, firstSeq), firstSeq), ...lost];
  if (damaged.length === 0) return rows.map(toStoredChunk);
  const readable = rows.filter((row) => !damaged.includes(row.seq)).map(toStoredChunk);
  throw new DamagedHistoryError(conversationId, damaged, readable);
}

function* selected(
  conversationId: string,
  { sinceSeq, beforeSeq, limit }: HistorySlice,
): Step<ChunkRecord[]> {
  const selection = build
    .select()
    .from(chunk)
    .where(
      and(
        eq(chunk.conversation_id, conversationId),
        gt(chunk.seq, sinceSeq),
        beforeSeq === undefined ? undefined : lt(chunk.seq, beforeSeq),
      ),
    );
  if (limit === undefined) return yield* rowsOf(selection.orderBy(asc(chunk.seq)));
  return (yield* rowsOf(selection.orderBy(desc(chunk.seq)).limit(limit))).reverse();
}

/** Numbers that the head has given and no row behind `last` has: the log lost its end. */
function* cutOff(conversationId: string, last: number): Step<number[]> {
  const [row] = yield* headOf({ stream: chunkStream(conversationId) });
  const lost: number[] = [];
  for (let seq = last + 1; seq <= (row?.seq ?? 0); seq += 1) lost.push(seq);
  return lost;
}

function* hashBefore(conversationId: string, seq: number): Step<string | undefined> {
  if (seq <= 1) return CHAIN_START;
  const [row] = yield* rowsOf(
    build
      .select({ hash: chunk.hash })
      .from(chunk)
      .where(and(eq(chunk.conversation_id, conversationId), eq(chunk.seq, seq - 1))),
  );
  return row?.hash;
}

function toStoredChunk(row: ChunkRecord): StoredChunk {
  return {
    seq: row.seq,
    role: row.role,
    chunk: parseStored(row.body, `chunk ${row.seq} of conversation ${row.conversation_id}`),
    turnId: row.turn_id as NonNullable<StoredChunk['turnId']>,
    messageId: row.message_id,
    createdAt: row.created_at,
  };
}
