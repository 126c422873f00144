import type { IncomingMessage } from 'node:http';
import { ApiError } from '../api/api-error.ts';

/** Largest request body: 1 MiB. */
export const BODY_CAP_BYTES = 1024 * 1024;

const MAX_DEPTH = 32;
const MAX_NODES = 10_000;
const REFUSED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** The body of a request as JSON, undefined when it is empty. Reads no more than the cap, whatever was announced. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_CAP_BYTES) throw tooLarge();
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  return checkedJson(bytes);
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  // Left alone, leaving early would take the connection along, and the answer with it.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    size += part.length;
    if (size > BODY_CAP_BYTES) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function checkedJson(bytes: Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ApiError('invalid-json', 'the body is not JSON in UTF-8');
  }
  const fault = faultOf(value);
  if (fault !== undefined) throw new ApiError('invalid-request', fault);
  return value;
}

/**
 * Walks without recursion, so that no body can exhaust the stack. Counts what it is about to look at, so that half a million values cost no
 * more than the few that are allowed.
 */
function faultOf(root: unknown): string | undefined {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 1 }];
  let nodes = 1;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MAX_DEPTH) return `the body is nested deeper than ${MAX_DEPTH} levels`;
    const children: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    const refused = Array.isArray(value)
      ? undefined
      : Object.keys(value).find((key) => REFUSED_KEYS.has(key));
    if (refused !== undefined) return `the key "${refused}" is not allowed`;
    nodes += children.length;
    if (nodes > MAX_NODES) return `the body has more than ${MAX_NODES} values`;
    for (const child of children) open.push({ value: child, depth: depth + 1 });
  }
  return undefined;
}

function tooLarge(): ApiError {
  return new ApiError('body-too-large', `the body is larger than ${BODY_CAP_BYTES} bytes`);
}
