import { createHash } from 'node:crypto';
import { checksumOf } from './checksum.ts';
import type { chunk } from './schema.ts';

export type ChunkRecord = typeof chunk.$inferSelect;

/** What a chunk's hash and checksum are taken over. */
type ChunkContent = Omit<ChunkRecord, 'hash' | 'checksum'>;

/** The hash "before" the first chunk of a conversation. */
export const CHAIN_START = '';

/**
 * Hex SHA-256 over the previous row's hash and every stored byte of this one. Each field is led by its length, so that
 * moving a byte from one field to the next changes the hash.
 */
export function hashChunk(previousHash: string, row: ChunkContent): string {
  const hash = createHash('sha256');
  const fields = [
    previousHash,
    row.conversation_id,
    String(row.seq),
    row.turn_id,
    row.message_id,
    row.step_id ?? '',
    row.role,
    row.body,
    String(row.created_at),
  ];
  for (const field of fields) hash.update(`${Buffer.byteLength(field)}:`).update(field);
  return hash.digest('hex');
}

/** Proves a row by itself where the row before it is lost. */
export function checksumOfChunk(row: ChunkContent): number {
  const { conversation_id, seq, turn_id, message_id, step_id, role, body, created_at } = row;
  return checksumOf(conversation_id, seq, turn_id, message_id, step_id, role, body, created_at);
}

/** What stands before the first row of a selection: its number, and its hash if it is there. */
export interface ChainLink {
  readonly seq: number;
  readonly hash: string | undefined;
}

/**
 * The rows that are what was written, of `rows` of one conversation in the order of their numbers. A row is proved by the hash before it;
 * behind a gap, where there is none, by its own checksum.
 */
export function intactChunks(
  conversationId: string,
  rows: readonly ChunkRecord[],
  before: ChainLink,
): readonly ChunkRecord[] {
  let previous = before;
  return rows.filter((row) => {
    const { seq, hash } = previous;
    previous = row;
    if (row.conversation_id !== conversationId || !isTyped(row)) return false;
    if (hash !== undefined && hashChunk(hash, row) === row.hash) return true;
    const isBehindGap = hash === undefined || row.seq !== seq + 1;
    return isBehindGap && row.checksum === checksumOfChunk(row);
  });
}

/** SQLite keeps a type with each value, and damage changes it like any other byte: text to bytes of the same length, for one. */
function isTyped(row: ChunkRecord): boolean {
  const { turn_id, message_id, step_id, role, body, hash } = row;
  const texts: readonly unknown[] = [turn_id, message_id, step_id ?? '', role, body, hash];
  return (
    texts.every((text) => typeof text === 'string') &&
    Number.isSafeInteger(row.seq) &&
    Number.isSafeInteger(row.created_at)
  );
}
