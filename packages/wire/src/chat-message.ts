import type { Chunk } from './chunk.ts';
import type { Role } from './role.ts';

/** Chunks of one role that belong together. */
export interface ChatMessage {
  /** Who the message is from. */
  readonly role: Role;
  /** Its content, in order. */
  readonly chunks: readonly Chunk[];
}
