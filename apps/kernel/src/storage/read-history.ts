import type { StoredChunk } from '@dispatch/wire';
import { and, asc, desc, eq, gt, lt } from 'drizzle-orm';
import type { HistorySlice, Step } from '../ports.ts';
import { CHAIN_START, type ChainLink, type ChunkRecord, intactChunks } from './chunk-hash.ts';
import { chunkStream, headOf } from './heads.ts';
import { missingNumbers } from './missing-numbers.ts';
import { isWhole, parseStored } from './rows.ts';
import { chunk } from './schema.ts';
import { build, reading, rowsOf, slot } from './statements.ts';

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
  /** Sequence numbers of the damaged or missing chunks, ascending; the first thousand of them. */
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

/** A slice of a conversation's log, each row checked against the hash chain and all of them against the head. */
export function* readHistory(conversationId: string, slice: HistorySlice): Step<StoredChunk[]> {
  const { sinceSeq, beforeSeq, limit } = slice;
  const rows =
    limit === undefined && beforeSeq === undefined
      ? yield* everythingAfter({ conversation_id: conversationId, after: sinceSeq })
      : yield* selected(conversationId, slice);
  const since = Math.max(sinceSeq, 0);
  const isAll = limit === undefined || rows.length < limit;
  const first = isAll ? since + 1 : Number(rows[0]?.seq);
  const before = yield* linkBefore(conversationId, Number.isSafeInteger(first) ? first - 1 : since);
  const intact = intactChunks(conversationId, rows, before);
  const readable = intact.map(toStoredChunk);

  const head = yield* headOf(chunkStream(conversationId));
  const last = intact.at(-1)?.seq ?? since;
  // A head that is lost, or stands before its own rows, does not tell what the last one was: the next number is in doubt.
  const end = head !== undefined && head >= last ? head : rows.length > 0 ? last + 1 : last;
  const to = Math.min((beforeSeq ?? Number.MAX_SAFE_INTEGER) - 1, end);
  const from = isAll ? since + 1 : Math.max(since + 1, Math.min(to - limit + 1, before.seq + 1));
  const damaged = new Set(missingNumbers(new Set(intact.map(({ seq }) => seq)), from, to));
  // A row that is not what was written may not have its own number any more, nor any.
  const proved = new Set(intact);
  for (const row of rows) if (!proved.has(row)) damaged.add(isWhole(row.seq) ? row.seq : to + 1);
  if (damaged.size === 0) return readable;
  throw new DamagedHistoryError(conversationId, [...damaged].sort(ascending), readable);
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

const ascending = (a: number, b: number) => a - b;

/** The row with this number as the next one hangs on it. */
function* linkBefore(conversationId: string, seq: number): Step<ChainLink> {
  if (seq <= 0) return { seq: 0, hash: CHAIN_START };
  const [row] = yield* rowsOf(
    build
      .select({ hash: chunk.hash })
      .from(chunk)
      .where(and(eq(chunk.conversation_id, conversationId), eq(chunk.seq, seq))),
  );
  return { seq, hash: typeof row?.hash === 'string' ? row.hash : undefined };
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
