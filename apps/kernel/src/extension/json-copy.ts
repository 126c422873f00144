import { HostError, type JsonValue } from '@dispatch/extension-api';

/** Characters of JSON one value may have: what is stored, handed over or shown. */
export const VALUE_CHARACTERS = 1024 * 1024;

/**
 * A copy of a value that crosses the boundary between the kernel and an extension, so that neither holds a part of the other. Throws `HostError` (`invalid`)
 * for what JSON cannot hold: functions, cycles, numbers that are not finite, and whatever would come back as something else.
 */
export function copyJson<T>(value: T, what: string): T {
  const text = jsonText(value, what);
  return text === undefined ? value : (JSON.parse(text) as T);
}

/** The JSON of a value. Undefined for undefined. Throws as {@link copyJson} does. */
export function jsonText(value: unknown, what: string): string | undefined {
  if (value === undefined) return undefined;
  let text: string | undefined;
  try {
    text = JSON.stringify(value, strictly);
  } catch (error) {
    const why = error instanceof NotJson ? error.message : 'it refers to itself';
    throw new HostError('invalid', `${what} is no JSON: ${why}`);
  }
  if (text === undefined) throw new HostError('invalid', `${what} is no JSON`);
  if (text.length > VALUE_CHARACTERS) {
    throw new HostError('invalid', `${what} has more than ${VALUE_CHARACTERS} characters as JSON`);
  }
  return text;
}

/** Whether something is an object as JSON has them. */
export function isJsonObject(value: unknown): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class NotJson extends Error {}

function strictly(this: unknown, key: string, value: unknown): unknown {
  const at = key === '' ? 'it' : `"${key.slice(0, 64)}"`;
  switch (typeof value) {
    case 'function':
    case 'symbol':
    case 'bigint':
      throw new NotJson(`${at} is a ${typeof value}`);
    case 'number':
      if (!Number.isFinite(value)) throw new NotJson(`${at} is no finite number`);
      return value;
    case 'object':
      if (value instanceof Map || value instanceof Set) throw new NotJson(`${at} is a map or a set`);
      return value;
    default:
      return value;
  }
}
