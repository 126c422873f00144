import { HostError, type JsonValue } from '@dispatch/extension-api';
import { plainJson } from './plain-json.ts';

/** Bytes of JSON one value may have: what is stored or handed over. */
const VALUE_CAP_BYTES = 1024 * 1024;

/**
 * A copy of a value that crosses the boundary between the kernel and an extension, so that neither holds a part of the other. Undefined passes. Throws
 * `HostError` (`invalid`) for what JSON cannot hold, and for too much of it.
 */
export function copyJson<T>(value: T, what: string): T {
  if (value === undefined) return value;
  try {
    return plainJson(value, VALUE_CAP_BYTES) as T;
  } catch (error) {
    throw new HostError(
      'invalid',
      `${what} is no value: ${error instanceof Error ? error.message : 'no JSON'}`,
    );
  }
}

/** Whether something is an object as JSON has them. */
export function isJsonObject(value: unknown): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
