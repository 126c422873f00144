import { clientFrameSchemas, routeSchemas } from '@dispatch/transport-contract/schema';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { MUTATIONS, mutated } from './mutations.ts';
import { acceptedBy } from './schema-values.ts';

const schemas = [
  ...Object.entries(clientFrameSchemas),
  ...Object.entries(routeSchemas).flatMap(([name, { query, request }]) => [
    ...(query ? [[`${name} query`, query] as const] : []),
    ...(request ? [[`${name} request`, request] as const] : []),
  ]),
];

describe('the generator', () => {
  it.each(schemas)('makes values that %s accepts, and not always the same fields', (_name, schema) => {
    const random = createRandom(5);
    const values = Array.from({ length: 200 }, () => acceptedBy(schema, random) as object);
    for (const value of values) expect(schema.safeParse(value).success).toBe(true);
    const whole = new Set(values.flatMap((value) => Object.keys(value)));
    for (const field of whole) {
      if (field === 'type') continue;
      expect(
        new Set(values.map((value) => JSON.stringify((value as Record<string, unknown>)[field]))).size,
        // A field of two words, or of one that may be left out, has no more.
      ).toBeGreaterThan(1);
    }
  });

  it.each(MUTATIONS)('%s gives text, mostly not acceptable as it was', (mutation) => {
    const random = createRandom(7);
    const schema = clientFrameSchemas['chat.subscribe'];
    const texts = Array.from({ length: 100 }, () =>
      mutated(acceptedBy(schema, random) as object, mutation, random),
    );
    expect(new Set(texts).size).toBeGreaterThan(5);
  });
});
