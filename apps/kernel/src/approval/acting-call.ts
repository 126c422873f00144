import type { JsonValue } from '@dispatch/extension-api';
import { fingerprint } from '../ids.ts';

/** A call of a tool that acts. */
export interface ActingCall {
  readonly conversationId: string;
  readonly turnId: string;
  readonly toolCallId: string;
  /** Name of the tool. */
  readonly tool: string;
  /** What it will be run with. */
  readonly input: JsonValue;
}

/** What an answer is good for: the same arguments give the same hash, in whatever order their fields stand. */
export function hashOfInput(input: JsonValue): string {
  return fingerprint(JSON.stringify(ordered(input)));
}

/** As pairs, because an object would put fields with the names of numbers first, and lose one that is called `__proto__`. */
function ordered(value: JsonValue): unknown {
  if (Array.isArray(value)) return ['list', ...value.map(ordered)];
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value as { readonly [key: string]: JsonValue });
  const sorted = fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return ['object', ...sorted.map(([name, field]) => [name, ordered(field)])];
}
