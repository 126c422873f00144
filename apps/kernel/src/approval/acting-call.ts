import type { JsonValue } from '@dispatch/extension-api';
import { fingerprint } from '../ids.ts';
import type { ApprovalRow, GrantRow } from './approval-store.ts';

/** A call of a tool that acts. */
export interface ActingCall {
  readonly conversationId: string;
  readonly turnId: string;
  readonly toolCallId: string;
  /** Name of the tool. */
  readonly tool: string;
  /** What it will be run with. */
  readonly input: JsonValue;
  /** Directory it will be run in: the turn's. Null: it has none. */
  readonly cwd: string | null;
}

/** What an answer is good for: the same arguments in the same directory give the same hash, in whatever order their fields stand. */
export function hashOfCall({ input, cwd }: Pick<ActingCall, 'input' | 'cwd'>): string {
  return fingerprint(JSON.stringify([cwd, ordered(input)]));
}

/** Whether a grant is good for a call: the same tool and pattern, in the directory it was given for. */
export function covers(
  grant: GrantRow,
  { tool, pattern, cwd }: Pick<ApprovalRow, 'tool' | 'pattern' | 'cwd'>,
): boolean {
  return grant.tool === tool && grant.pattern === pattern && grant.cwd === cwd;
}

/** As pairs, because an object would put fields with the names of numbers first, and lose one that is called `__proto__`. */
function ordered(value: JsonValue): unknown {
  if (Array.isArray(value)) return ['list', ...value.map(ordered)];
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value as { readonly [key: string]: JsonValue });
  const sorted = fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return ['object', ...sorted.map(([name, field]) => [name, ordered(field)])];
}
