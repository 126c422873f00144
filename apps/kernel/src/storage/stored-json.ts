import type { JsonValue } from '@dispatch/extension-api';

/** The value of a stored text. Undefined: it is no JSON. */
export function readJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
