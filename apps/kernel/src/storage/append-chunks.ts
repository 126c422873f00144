import { and, eq, getTableColumns } from 'drizzle-orm';
import type { ChunkDraft, Step } from '../ports.ts';
import { CHAIN_START, hashChunk } from './chunk-hash.ts';
import { advanceHead, chunkStream } from './heads.ts';
import { DamagedRowError } from './rows.ts';
import { chunk } from './schema.ts';
import { build, changing, reading, slot, slots } from './statements.ts';

const newChunk = changing(build.insert(chunk).values(slots(getTableColumns(chunk))));
const hashOf = reading(
  build
    .select({ hash: chunk.hash })
    .from(chunk)
    .where(and(eq(chunk.conversation_id, slot('conversation_id')), eq(chunk.seq, slot('seq')))),
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
    let hash = yield* hashAt(conversationId, seq);
    for (const draft of group) {
      seq += 1;
      const row = toRow(draft, seq, createdAt);
      hash = hashChunk(hash, row);
      yield* newChunk({ ...row, hash });
    }
  }
}

/** Hash of the chunk with this number; 0 stands before the first. */
export function* hashAt(conversationId: string, seq: number): Step<string> {
  if (seq === 0) return CHAIN_START;
  const [row] = yield* hashOf({ conversation_id: conversationId, seq });
  // Appending behind a hole would hide it: a chain must hang on something.
  if (row === undefined) {
    throw new DamagedRowError(`chunk ${seq} of conversation ${conversationId} is missing`, undefined);
  }
  return row.hash;
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
