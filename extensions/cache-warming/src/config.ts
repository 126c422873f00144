import type { JsonObject, JsonSchema } from '@dispatch/extension-api';
import { PRICES, type PriceBook } from './prices.ts';

const price = { type: 'number', minimum: 0 } as const;

/** What an operator may set: other prices, as a whole. */
export const configSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    prices: {
      type: 'object',
      additionalProperties: false,
      required: ['asOf', 'source', 'models'],
      properties: {
        asOf: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', minLength: 10, maxLength: 10 },
        source: { type: 'string', minLength: 1, maxLength: 200 },
        models: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: [
              'model',
              'input',
              'cacheRead',
              'cacheWrite',
              'output',
              'lifetimeSeconds',
              'minimumPrefix',
            ],
            properties: {
              model: { type: 'string', minLength: 1 },
              input: price,
              cacheRead: price,
              cacheWrite: price,
              output: price,
              lifetimeSeconds: { type: 'number', minimum: 1 },
              minimumPrefix: { type: 'integer', minimum: 0 },
              note: { type: 'string', maxLength: 200 },
            },
          },
        },
      },
    },
  },
};

/** The prices to use: the operator's, else those that ship. The configuration fits {@link configSchema}. */
export function pricesOf(config: JsonObject): PriceBook {
  const { prices } = config as { readonly prices?: PriceBook };
  return prices ?? PRICES;
}
