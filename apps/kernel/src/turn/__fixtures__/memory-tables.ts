import type { AgentEvent, StoredChunk } from '@dispatch/wire';
import type { ConversationRow, PresenceRow, TurnRow } from '../../ports.ts';
import type { TurnPlace } from '../turn-place.ts';
import { type ApprovalTables, noApprovalTables } from './memory-approvals.ts';
import { type ExtensionTables, noExtensionTables } from './memory-extensions.ts';
import type { QueuedTable } from './memory-queue.ts';

/** What survives a restart. Everything is kept as JSON, as a database would. */
export interface Tables extends QueuedTable {
  conversations: Record<string, ConversationRow>;
  turns: TurnRow[];
  places: TurnPlace[];
  events: Record<string, AgentEvent[]>;
  chunks: Record<string, StoredChunk[]>;
  keys: Record<string, { bodyHash: string; result: unknown }>;
  activities: number;
  presence: Record<string, PresenceRow>;
  extensions: ExtensionTables;
  approvals: ApprovalTables;
}

/** An empty database. */
export const noTables = (): Tables => ({
  conversations: {},
  turns: [],
  places: [],
  events: {},
  chunks: {},
  keys: {},
  activities: 0,
  presence: {},
  queued: [],
  extensions: noExtensionTables(),
  approvals: noApprovalTables(),
});
