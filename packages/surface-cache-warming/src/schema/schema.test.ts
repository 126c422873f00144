import { surfaceSpecSchema } from '@dispatch/ui-contract/schema';
import { expect, it } from 'vitest';
import {
  cacheWarmingEconomicsFixture,
  cacheWarmingSpecFixture,
  cacheWarmingTimerFixtures,
  cacheWarmingWithoutConversationFixture,
} from '../fixtures/index.ts';
import {
  budgetPayloadSchema,
  cacheWarmingEconomicsPayloadSchema,
  cacheWarmingTimerPayloadSchema,
  intervalPayloadSchema,
  togglePayloadSchema,
} from './index.ts';

it('every fixture passes its schema unchanged', () => {
  for (const spec of [cacheWarmingSpecFixture, cacheWarmingWithoutConversationFixture]) {
    expect(surfaceSpecSchema.parse(spec)).toEqual(spec);
  }
  for (const timer of Object.values(cacheWarmingTimerFixtures)) {
    expect(cacheWarmingTimerPayloadSchema.parse(timer)).toEqual(timer);
  }
  const economics = cacheWarmingEconomicsFixture;
  expect(cacheWarmingEconomicsPayloadSchema.parse(economics)).toEqual(economics);
});

it.each([
  ['toggle', togglePayloadSchema, [true, false, { value: true }], ['true', 1, null, {}, { value: 1 }]],
  [
    'interval',
    intervalPayloadSchema,
    [0.2, 240, 3_300, { value: 10 }],
    [0, -1, 3_301, '10', null, { value: 0 }],
  ],
  ['budget', budgetPayloadSchema, [0, 0.05, { value: 12 }], [-1, '1', null, { value: -0.1 }]],
])('%s payloads', (_name, schema, good, bad) => {
  for (const payload of good) expect(schema.parse(payload)).toEqual(payload);
  for (const payload of bad) expect(schema.safeParse(payload).success).toBe(false);
});

it('money in fractions of a millionth is refused', () => {
  const economics = { ...cacheWarmingEconomicsFixture, spentMicros: 0.5 };
  expect(cacheWarmingEconomicsPayloadSchema.safeParse(economics).success).toBe(false);
});
