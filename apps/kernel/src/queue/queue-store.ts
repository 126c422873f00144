import type { QueueMode } from '@dispatch/transport-contract';
import type { Step } from '../step.ts';

/** A message that waits for a turn of its conversation. */
export interface QueuedMessageRow {
  readonly id: string;
  readonly conversationId: string;
  /** Its place among those of its conversation; the lowest is taken first. There may be gaps. */
  readonly position: number;
  readonly mode: QueueMode;
  readonly text: string;
  /** Null: the conversation's. */
  readonly model: string | null;
  /** User that sent it. */
  readonly by: string;
  readonly createdAt: number;
  /** Null: never. */
  readonly editedAt: number | null;
}

/** What plans may ask and change of messages that wait. */
export interface QueueQueries {
  /** In the order in which they are taken. Rows that are not what was written are left out and reported. */
  of(conversationId: string): Step<readonly QueuedMessageRow[]>;
  /** Inserts or replaces the whole row. */
  put(row: QueuedMessageRow): Step<void>;
  remove(id: string): Step<void>;
}
