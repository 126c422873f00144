import Database from 'better-sqlite3';
import { getTableColumns } from 'drizzle-orm';
import type { ApprovalRow, GrantRow } from '../../approval/approval-store.ts';
import { approval, approval_grant } from '../approval-schema.ts';
import { databasePath } from '../sqlite/open-database.ts';
import { fromApproval, fromGrant } from '../stored-approvals.ts';

/** A call that waits in a conversation, as its row says. */
export function askedCall(
  id: string,
  conversationId: string,
  change: Partial<ApprovalRow> = {},
): ApprovalRow {
  return {
    id,
    conversationId,
    turnId: `turn-${id}`,
    toolCallId: 'call_1',
    tool: 'write',
    input: { path: 'a' },
    cwd: null,
    inputHash: 'h',
    summary: 'Write a',
    pattern: 'a',
    state: 'pending',
    scope: null,
    askedAt: 1,
    expiresAt: 9_000_000_000_000,
    answeredAt: null,
    answeredBy: null,
    ...change,
  };
}

/** Writes rows into a database that a kernel has open. */
export function plantApprovals(
  dataDir: string,
  calls: readonly ApprovalRow[],
  grants: readonly GrantRow[] = [],
): void {
  const database = new Database(databasePath(dataDir));
  const insert = (table: string, columns: readonly string[], row: object) =>
    database
      .prepare(
        `insert into ${table} (${columns.join()}) values (${columns.map((name) => `@${name}`).join()})`,
      )
      .run(row);
  calls.forEach((row, ordinal) => {
    insert('approval', Object.keys(getTableColumns(approval)), { ...fromApproval(row), ordinal });
  });
  for (const row of grants) {
    insert('approval_grant', Object.keys(getTableColumns(approval_grant)), fromGrant(row));
  }
  database.close();
}
