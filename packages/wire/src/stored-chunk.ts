import type { Chunk } from './chunk.ts';
import type { TurnId } from './ids.ts';
import type { Role } from './role.ts';

/** One row of the conversation log: a chunk and its place. Rows are appended when a turn seals; place and content never change. */
export interface StoredChunk {
  /** Place in the conversation: starts at 1, no gaps, in append order. Given by the store. The cursor for `sinceSeq`. */
  readonly seq: number;
  /** Who the chunk is from. */
  readonly role: Role;
  /** The content. */
  readonly chunk: Chunk;
  /**
   * Turn that made it. Set by the backend; absent from backends before 0.7.0.
   *
   * @since 0.7.0
   */
  readonly turnId?: TurnId;
  /**
   * Consecutive chunks with the same one are one message. Set by the backend, opaque; absent from backends before 0.7.0: then a message ends
   * where the role changes.
   *
   * @since 0.7.0
   */
  readonly messageId?: string;
  /**
   * When it was stored, epoch milliseconds. Set by the backend; absent from backends before 0.7.0.
   *
   * @since 0.7.0
   */
  readonly createdAt?: number;
  /**
   * Present on what another version of its beat is shown in the place of: the turn that is. Such chunks are no part of what people see, or models read, and
   * neither is what followed them. It changes when another version is chosen; `seq` does not.
   *
   * @since 0.8.0
   */
  readonly supersededBy?: TurnId;
  /**
   * The beat of its turn, named by the first turn of it. Absent: the turn is the first of its beat.
   *
   * @since 0.8.0
   */
  readonly beatId?: TurnId;
  /**
   * Which version of the beat it belongs to; 0 for a try that ended before it had said anything. Absent: the first.
   *
   * @since 0.8.0
   */
  readonly version?: number;
}
