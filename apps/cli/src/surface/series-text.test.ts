import { seriesPayloadFixture } from '@dispatch/ui-contract/fixtures';
import { expect, it } from 'vitest';
import { seriesText } from './series-text.ts';

const points = (...values: readonly (number | null)[]) => values.map((value, at) => ({ at, value }));

it('shows a gap and what stands out by more than colour, and the newest figures', () => {
  expect(seriesText(seriesPayloadFixture, undefined)).toBe('█·!  newest 99%, —, 12%!');
});

it('spreads figures between their least and their most, shares over the hundred', () => {
  expect(seriesText({ label: 'x', points: points(10, 15, 20) }, undefined)).toBe('▁▅█  newest 10, 15, 20');
  expect(seriesText({ label: 'x', unit: '%', points: points(0, 50) }, undefined)).toBe('▁▅  newest 0%, 50%');
  expect(seriesText({ label: 'x', unit: 'ms', points: points(7, 7) }, undefined)).toBe(
    '▅▅  newest 7 ms, 7 ms',
  );
});

it('leaves out the oldest bars where there is no room for all', () => {
  const text = seriesText({ label: 'x', points: points(...Array(50).keys()) }, 40);
  expect([...text]).toHaveLength(40);
  expect(text).toMatch(/█ {2}newest 47, 48, 49$/);
});

it('tells what the newest figure is about, and that there is none yet', () => {
  const last = { at: 1, value: 3, note: '$0.01\u001b[2J' };
  expect(seriesText({ label: 'x', points: [last] }, undefined)).toBe('▅  newest 3 ($0.01[2J)');
  expect(seriesText({ label: 'x', points: [] }, undefined)).toBe('nothing yet');
});
