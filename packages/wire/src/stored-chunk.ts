import type { Chunk } from './chunk.ts';
import type { Role } from './role.ts';

/** One row of the conversation log: a chunk and its place. Rows are appended when a turn seals and never change. */
export interface StoredChunk {
  /** Place in the conversation: starts at 1, no gaps, in append order. Given by the store. The cursor for `sinceSeq`. */
  readonly seq: number;
  /** Who the chunk is from. */
  readonly role: Role;
  /** The content. */
  readonly chunk: Chunk;
}
