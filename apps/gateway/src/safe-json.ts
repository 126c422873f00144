import { type Refusal, refuse } from './refusal.ts';

const MAX_DEPTH = 32;
const MAX_NODES = 10_000;
/** Keys that reach a prototype when somebody merges or assigns the value later. */
const PROTOTYPE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: Refusal };

/** JSON from outside, bounded in depth and size and without keys that reach a prototype. */
export function parseSafeJson(text: string): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, refusal: refuse('invalid-json', 'The text is not valid JSON.') };
  }
  const fault = findFault(value);
  return fault === undefined ? { ok: true, value } : { ok: false, refusal: refuse('invalid-json', fault) };
}

/** Walks with a stack of its own: a value nested a hundred thousand deep must not end the process. */
function findFault(root: unknown): string | undefined {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  let nodes = 0;
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    nodes += 1;
    if (nodes > MAX_NODES) return `The JSON has more than ${MAX_NODES} values.`;
    const { value, depth } = item;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH) return `The JSON is nested deeper than ${MAX_DEPTH} levels.`;
    const reserved = Array.isArray(value) ? undefined : reservedKey(value);
    if (reserved !== undefined) return `The key "${reserved}" is not allowed.`;
    for (const child of Object.values(value)) open.push({ value: child, depth: depth + 1 });
  }
  return undefined;
}

function reservedKey(value: object): string | undefined {
  return PROTOTYPE_KEYS.find((key) => Object.hasOwn(value, key));
}
