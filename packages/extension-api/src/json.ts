/** Anything JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * A JSON Schema (draft 7). Data, so that it can be shown, sent and checked on either side of a boundary. Where the host checks with one, it knows no `not`, no
 * `if` and no remote `$ref`.
 */
export type JsonSchema = JsonObject;
