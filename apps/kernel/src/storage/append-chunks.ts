import { desc, eq, getTableColumns } from 'drizzle-orm';
import type { ChunkDraft, Step } from '../ports.ts';
import { CHAIN_START, checksumOfChunk, hashChunk } from './chunk-hash.ts';
import { advanceHead, chunkStream } from './heads.ts';
import { DamagedRowError } from './rows.ts';
import { chunk } from './schema.ts';
import { build, changing, reading, slot, slots } from './statements.ts';

const newChunk = changing(build.insert(chunk).values(slots(getTableColumns(chunk))));
const lastOf = reading(
  build
    .select({ seq: chunk.seq, hash: chunk.hash })
    .from(chunk)
    .where(eq(chunk.conversation_id, slot('conversation_id')))
    .orderBy(desc(chunk.seq))
    .limit(1),
);

/** Appends chunks to the logs of their conversations, in the order of the list. */
export function* appendChunks(drafts: readonly ChunkDraft[], createdAt: number): Step<void> {
  const byConversation = new Map<string, ChunkDraft[]>();
  for (const draft of drafts) {
    const group = byConversation.get(draft.conversationId);
    if (group) group.push(draft);
    else byConversation.set(draft.conversationId, [draft]);
  }
  for (const [conversationId, group] of byConversation) {
    const last = yield* advanceHead(chunkStream(conversationId), group.length);
    let seq = last - group.length;
    let hash = yield* hashOfLast(conversationId, seq);
    for (const draft of group) {
      seq += 1;
      const row = toRow(draft, seq, createdAt);
      hash = hashChunk(hash, row);
      yield* newChunk({ ...row, hash, checksum: checksumOfChunk(row) });
    }
  }
}

/** Hash of the last chunk, which must have this number; 0: there must be none. */
function* hashOfLast(conversationId: string, seq: number): Step<string> {
  const [row] = yield* lastOf({ conversation_id: conversationId });
  if ((row?.seq ?? 0) === seq) return row?.hash ?? CHAIN_START;
  // Appending behind a hole would hide it, and a head that stands too low is damaged too.
  throw new DamagedRowError(
    `the head of conversation ${conversationId} says ${seq}, its log ends at ${row?.seq ?? 0}`,
  );
}

function toRow(draft: ChunkDraft, seq: number, createdAt: number) {
  const stepId = 'stepId' in draft.chunk ? draft.chunk.stepId : undefined;
  return {
    conversation_id: draft.conversationId,
    seq,
    turn_id: draft.turnId,
    message_id: draft.messageId,
    step_id: stepId ?? null,
    role: draft.role,
    body: JSON.stringify(draft.chunk),
    created_at: createdAt,
  };
}
