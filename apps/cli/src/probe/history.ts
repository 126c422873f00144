import { fieldsOf, type RawAnswer } from '../raw-http.ts';
import type { ProbeSession } from './probe-session.ts';
import { shown } from './turn-facts.ts';

/** A row of the conversation log as it came. */
export interface LogRow {
  readonly seq: unknown;
  readonly role: unknown;
  readonly turnId: unknown;
  readonly chunk: Readonly<Record<string, unknown>>;
}

/** An answer of `GET /conversations/:id`. */
export interface Log {
  readonly status: number;
  readonly rows: readonly LogRow[];
  readonly latestSeq: unknown;
}

/** Reads the log; `query` with its question mark. */
export async function readLog(session: ProbeSession, conversationId: string, query = ''): Promise<Log> {
  const path = `/conversations/${encodeURIComponent(conversationId)}${query}`;
  return logOf(await session.ask('GET', path));
}

/** Throws when the answer has no rows at all: then nothing of it can be judged. */
function logOf({ status, json, text }: RawAnswer): Log {
  const { chunks, latestSeq } = fieldsOf(json) ?? {};
  if (status === 200 && !Array.isArray(chunks)) throw new Error(`the history is ${shown(text)}`);
  const rows = (Array.isArray(chunks) ? chunks : []).map((row) => {
    const { seq, role, turnId, chunk } = fieldsOf(row) ?? {};
    return { seq, role, turnId, chunk: fieldsOf(chunk) ?? {} };
  });
  return { status, rows, latestSeq };
}

/** The text a role has in the log, in one piece. */
export function storedText(rows: readonly LogRow[], role: string): string {
  return rows
    .flatMap((row) => (row.role === role && row.chunk['type'] === 'text' ? [String(row.chunk['text'])] : []))
    .join('');
}

/** What is wrong with the numbers: they must be from, from + 1 and so on. */
export function seqFault(rows: readonly LogRow[], from = 1): string | undefined {
  const at = rows.findIndex(({ seq }, index) => seq !== from + index);
  return at < 0 ? undefined : `row ${at + 1} has seq ${shown(rows[at]?.seq)}, not ${from + at}`;
}

/** `GET /conversations/:id/metrics`: one entry per sealed turn. */
export async function readMetrics(
  session: ProbeSession,
  conversationId: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { json } = await session.ask('GET', `/conversations/${encodeURIComponent(conversationId)}/metrics`);
  const turns = fieldsOf(json)?.['turns'];
  return Array.isArray(turns) ? turns.map((turn) => fieldsOf(turn) ?? {}) : [];
}

/** `GET /conversations/:id/status`; null values where it says nothing. */
export async function readStatus(
  session: ProbeSession,
  conversationId: string,
): Promise<{ readonly status: unknown; readonly turnId: unknown }> {
  const { json } = await session.ask('GET', `/conversations/${encodeURIComponent(conversationId)}/status`);
  const { status = null, turnId = null } = fieldsOf(json) ?? {};
  return { status, turnId };
}
