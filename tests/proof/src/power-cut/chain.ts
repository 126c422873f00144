import { createHash } from 'node:crypto';

/** A row of the table of chunks. */
export interface ChunkRow {
  readonly conversation_id: string;
  readonly seq: number;
  readonly turn_id: string;
  readonly message_id: string;
  readonly step_id: string | null;
  readonly role: string;
  readonly body: string;
  readonly created_at: number;
  readonly hash: string;
}

/**
 * The hash a chunk must have behind the one before it, which is '' for the first. Written a second time, not imported: a mistake
 * in the kernel's own must not hide here.
 */
export function chainHash(previous: string, row: Omit<ChunkRow, 'hash'>): string {
  const { conversation_id, seq, turn_id, message_id, step_id, role, body, created_at } = row;
  const fields = [previous, conversation_id, seq, turn_id, message_id, step_id ?? '', role, body, created_at];
  const text = fields.map((field) => `${Buffer.byteLength(String(field))}:${field}`).join('');
  return createHash('sha256').update(text).digest('hex');
}
