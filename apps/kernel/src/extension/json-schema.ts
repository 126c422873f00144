import type { JsonSchema, JsonValue } from '@dispatch/extension-api';
import { z } from 'zod';

/** A value that fits, with the schema's defaults, or what is wrong with it, in words for whoever sent it. */
export type Fitted = { readonly value: JsonValue } | { readonly fault: string };

/**
 * Makes a check of a JSON Schema (draft 7, as far as zod reads it: no `not`, no `if`, no remote `$ref`). Throws with a reason when it cannot be read. Values are
 * never quoted: they may be secrets.
 */
export function compileSchema(schema: JsonSchema): (value: unknown) => Fitted {
  const check = readSchema(schema);
  return (value) => {
    const { success, data, error } = check.safeParse(value);
    if (success) return { value: data as JsonValue };
    const [issue] = error.issues;
    const at = (issue?.path ?? []).join('.');
    const message = issue?.message ?? 'does not fit';
    return { fault: at === '' ? message : `${at}: ${message}` };
  };
}

function readSchema(schema: JsonSchema): z.ZodType {
  try {
    return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (error) {
    throw new Error(`its schema cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}
