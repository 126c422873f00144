import { type Refusal, refuse } from './refusal.ts';

const MAX_DEPTH = 32;
const MAX_NODES = 10_000;
/** Keys that reach a prototype when somebody merges or assigns the value later. */
const PROTOTYPE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      /** What it says, to be looked at and not to be worked with. Absent: it is no JSON at all. */
      readonly value?: unknown;
    };

/** JSON from outside, bounded in depth and size and without keys that reach a prototype. */
export function parseSafeJson(text: string): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, refusal: refuse('invalid-json', 'The text is not valid JSON.') };
  }
  const fault = findFault(value);
  if (fault === undefined) return { ok: true, value };
  return { ok: false, refusal: refuse('invalid-json', fault), value };
}

/** The same of bytes. What is no UTF-8 is refused; repaired, it would be stored as something nobody sent. */
export function parseSafeJsonBytes(bytes: Buffer): ParsedJson {
  try {
    return parseSafeJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return { ok: false, refusal: refuse('invalid-json', 'The body is not text in UTF-8.') };
  }
}

/**
 * Walks with a stack of its own: a value nested a hundred thousand deep must not end the process. Counts what it is about to look at, so
 * that half a million values cost no more than the few that are allowed.
 */
function findFault(root: unknown): string | undefined {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  let nodes = 1;
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { value, depth } = item;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH) return `The JSON is nested deeper than ${MAX_DEPTH} levels.`;
    const reserved = Array.isArray(value) ? undefined : reservedKey(value);
    if (reserved !== undefined) return `The key "${reserved}" is not allowed.`;
    const children: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    nodes += children.length;
    if (nodes > MAX_NODES) return `The JSON has more than ${MAX_NODES} values.`;
    for (const child of children) open.push({ value: child, depth: depth + 1 });
  }
  return undefined;
}

function reservedKey(value: object): string | undefined {
  return PROTOTYPE_KEYS.find((key) => Object.hasOwn(value, key));
}
