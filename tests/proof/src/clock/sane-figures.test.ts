import { describe, expect, it } from 'vitest';
import { absurdSpeeds, absurdTurns } from './sane-figures.ts';

const turn = {
  turnId: 't',
  durationMs: 900,
  startedAt: 1_000,
  sealedAt: 1_900,
  steps: [{ ttftMs: 0, decodeMs: 800, genTotalMs: 800 }],
};
const speed = { model: 'm', tokensPerSecond: 40, totalOutputTokens: 32, totalGenMs: 800, turns: 1 };

describe('figures of time', () => {
  it('are silent when they are sane, also when there are none', () => {
    expect(absurdTurns([turn, { turnId: 'crashed', steps: [] }], 1_000)).toEqual([]);
    expect(absurdSpeeds([speed, { ...speed, tokensPerSecond: 0, totalGenMs: 0 }], 1_000)).toEqual([]);
  });

  it.each([
    { ...turn, durationMs: -1 },
    { ...turn, durationMs: 3_600_900 },
    { ...turn, durationMs: Number.NaN },
    { ...turn, sealedAt: 999 },
    { ...turn, steps: [{ ttftMs: -5 }] },
    { ...turn, steps: [{ genTotalMs: 3_600_000 }] },
  ])('names the absurd turn %#', (absurd) => {
    expect(absurdTurns([turn, absurd], 1_000)).toHaveLength(1);
  });

  it.each([
    { ...speed, tokensPerSecond: -1 },
    { ...speed, tokensPerSecond: Number.POSITIVE_INFINITY },
    { ...speed, totalGenMs: 3_600_000 },
  ])('names the absurd speed %#', (absurd) => {
    expect(absurdSpeeds([speed, absurd], 1_000)).toHaveLength(1);
  });
});
