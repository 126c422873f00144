import type { JsonObject, JsonSchema, JsonValue } from '../json.ts';

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const types: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  null: (value) => value === null,
};

/**
 * Why a value does not fit a JSON Schema, or undefined when it does. Knows what most schemas are made of: `type`, `enum`, `const`, `properties`,
 * `required`, `additionalProperties`, `items`, and the limits of strings, numbers and arrays. Other keywords are passed over; the kernel knows all.
 */
export function unfit(schema: JsonSchema, value: JsonValue, at = 'value'): string | undefined {
  const wanted = [schema['type'] ?? []].flat().map(String);
  if (wanted.length > 0 && !wanted.some((type) => types[type]?.(value))) {
    return `${at} is not ${wanted.join(' or ')}`;
  }
  const same = (other: JsonValue) => JSON.stringify(other) === JSON.stringify(value);
  if (schema['const'] !== undefined && !same(schema['const'])) return `${at} is not the value it must be`;
  if (Array.isArray(schema['enum']) && !schema['enum'].some(same)) return `${at} is none of its values`;
  const size = typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
  const limits: readonly [string, number | undefined, -1 | 1][] = [
    ['minimum', typeof value === 'number' ? value : undefined, -1],
    ['maximum', typeof value === 'number' ? value : undefined, 1],
    [Array.isArray(value) ? 'minItems' : 'minLength', size, -1],
    [Array.isArray(value) ? 'maxItems' : 'maxLength', size, 1],
  ];
  for (const [keyword, measured, direction] of limits) {
    const limit = schema[keyword];
    if (typeof limit !== 'number' || measured === undefined) continue;
    if (direction * (measured - limit) > 0) return `${at} breaks ${keyword} ${limit}`;
  }
  if (Array.isArray(value) && isObject(schema['items'])) {
    for (const [place, item] of value.entries()) {
      const found = unfit(schema['items'], item, `${at}.${place}`);
      if (found !== undefined) return found;
    }
  }
  return isObject(value) ? unfitObject(schema, value, at) : undefined;
}

function unfitObject(schema: JsonSchema, value: JsonObject, at: string): string | undefined {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  for (const name of Array.isArray(schema['required']) ? schema['required'] : []) {
    if (value[String(name)] === undefined) return `${at}.${String(name)} is missing`;
  }
  for (const [name, inner] of Object.entries(value)) {
    const property = properties[name];
    if (isObject(property)) {
      const found = unfit(property, inner, `${at}.${name}`);
      if (found !== undefined) return found;
    } else if (schema['additionalProperties'] === false) return `${at}.${name} is not known`;
  }
  return undefined;
}

/** The value with what the schema's `default`s say about properties that are absent. */
export function withDefaults(schema: JsonSchema, value: JsonObject): JsonObject {
  const filled: Record<string, JsonValue> = { ...value };
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property)) continue;
    const present = filled[name] ?? property['default'];
    if (present === undefined) continue;
    filled[name] = isObject(present) ? withDefaults(property, present) : present;
  }
  return filled;
}
