import { expect, it } from 'vitest';
import { costOf, moneyText, savedBy } from './money.ts';
import { PRICES, priceOf } from './prices.ts';

const sonnet = priceOf(PRICES, { provider: 'anthropic', name: 'claude-sonnet-4-5' })!;

it('a call costs whole millionths of a dollar, rounded up, each kind of token at its price', () => {
  const usage = { inputTokens: 100_000, outputTokens: 1, cacheReadTokens: 99_000, cacheWriteTokens: 900 };
  expect(costOf(usage, sonnet)).toBe(99_000 * 0.3 + 900 * 3.75 + 100 * 3 + 15);
  expect(costOf({ inputTokens: 1, outputTokens: 0, cacheReadTokens: 1 }, sonnet)).toBe(1);
  expect(costOf({ inputTokens: 0, outputTokens: 0 }, sonnet)).toBe(0);
});

it('what was saved is rounded down, and never negative', () => {
  expect(savedBy(1_000, sonnet)).toBe(3_450);
  expect(savedBy(1, sonnet)).toBe(3);
  expect(savedBy(1_000, { ...sonnet, cacheWrite: 0.1 })).toBe(0);
});

it('money has four decimals under a dollar, and its sign', () => {
  expect([0, 31_000, -140_000, 1_250_000, -2_000_000, 49, -1, 50].map(moneyText)).toEqual([
    '$0.0000',
    '$0.0310',
    '−$0.1400',
    '$1.25',
    '−$2.00',
    'under $0.0001',
    '−under $0.0001',
    '$0.0001',
  ]);
});

it.each([
  ['anthropic', 'claude-sonnet-4-5-20250929', 3],
  ['anthropic', 'claude-haiku-4-5', 1],
  ['openai-compatible', 'gpt-5', 1.25],
  ['openai-compatible', 'gpt-5-mini-2025', 0.25],
  ['openai-compatible', 'gpt-5-unheard-of', undefined],
  ['demo', 'prose', 0.01],
  ['elsewhere', 'claude-sonnet-4-5', undefined],
])('the price of %s/%s', (provider, name, input) => {
  expect(priceOf(PRICES, { provider, name })?.input).toBe(input);
});

it('a pattern may have its star anywhere', () => {
  const entry = { ...sonnet, model: '*/big-*-x' };
  const book = { asOf: '2026-01-01', source: 'mine', models: [entry] };
  expect(priceOf(book, { provider: 'a', name: 'big-7-x' })).toMatchObject({
    asOf: '2026-01-01',
    source: 'mine',
  });
  expect(priceOf(book, { provider: 'a', name: 'big-x' })).toBeUndefined();
  expect(priceOf(book, { provider: 'a', name: 'big-7-y' })).toBeUndefined();
  expect(priceOf(book, undefined)).toBeUndefined();
});

it('demo prices say that they are made up', () => {
  expect(priceOf(PRICES, { provider: 'demo', name: 'x' })?.note).toContain('made up');
});
