import { createHash } from 'node:crypto';
import type { chunk } from './schema.ts';

export type ChunkRecord = typeof chunk.$inferSelect;

/** The hash "before" the first chunk of a conversation. */
export const CHAIN_START = '';

/**
 * Hex SHA-256 over the previous row's hash and every stored byte of this one. Each field is led by its length, so that
 * moving a byte from one field to the next changes the hash.
 */
export function hashChunk(previousHash: string, row: Omit<ChunkRecord, 'hash'>): string {
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

/**
 * Sequence numbers from `firstSeq` on whose row is missing or is not what was written. `rows` are neighbours, ascending.
 * `previousHash` is undefined when the row before is missing: then its successor can only be checked for being JSON.
 */
export function findDamage(
  rows: readonly ChunkRecord[],
  previousHash: string | undefined,
  firstSeq: number,
): number[] {
  const damaged: number[] = [];
  let previous = previousHash;
  let expected = firstSeq;
  for (const row of rows) {
    if (row.seq > expected) previous = undefined;
    while (expected < row.seq) damaged.push(expected++);
    const intact = previous === undefined ? isJson(row.body) : hashChunk(previous, row) === row.hash;
    if (!intact) damaged.push(row.seq);
    previous = row.hash;
    expected = row.seq + 1;
  }
  return damaged;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
