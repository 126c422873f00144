import { describe, expect, it } from 'vitest';
import { warmingFaults } from './judge-warming.ts';
import type { SeenRequest, WarmedConversation, World } from './record.ts';

const never = Number.POSITIVE_INFINITY;
const warm = (at: number, more: Partial<SeenRequest> = {}): SeenRequest => ({
  conversationId: 'c',
  kind: 'warm',
  model: 'm',
  at,
  endedAt: at + 100,
  isLost: false,
  ...more,
});
const conversation: WarmedConversation = {
  conversationId: 'c',
  model: 'm',
  intervalMs: 1_000,
  deeds: [
    { what: 'on', askedAt: 10, answeredAt: 20 },
    { what: 'close', askedAt: 4_000, answeredAt: 4_100 },
  ],
  turns: [{ turnId: 't', ackedAt: 2_300, ranAt: 2_880, sealedAt: 2_900 }],
};
const world: World = { lives: [{ spawnedAt: 0, readyAt: 5, diedAt: never }], jumps: [] };
const good = [warm(1_020), warm(2_120), warm(3_905)];

/** The promises that this record breaks. */
function broken(requests: readonly SeenRequest[], at: Partial<World> = {}, until = 5_000): readonly string[] {
  const faults = warmingFaults(conversation, requests, { ...world, ...at }, until);
  return [...new Set(faults.map((line) => line.split(':')[0] ?? ''))];
}

describe('the checker', () => {
  it('is silent when everything holds', () => {
    expect(broken(good)).toEqual([]);
  });

  it('W6: catches a warm behind an answered close', () => {
    expect(broken([...good, warm(4_950)])).toEqual(['W6']);
  });

  it('W11: catches two at once, and one while the turn runs', () => {
    expect(broken([warm(1_020, { endedAt: 2_200 }), warm(2_120)])).toEqual(['W11']);
    expect(broken([warm(1_020), warm(2_500)])).toEqual(['W11']);
    // Its end was seen late.
    expect(broken([warm(1_020), warm(2_890), warm(3_905)])).toEqual([]);
    expect(broken([warm(1_020), { ...warm(2_200), kind: 'turn', endedAt: 2_290 }, warm(2_250)])).toEqual([
      'W11',
    ]);
  });

  it('W12: catches two too close together, and lets one pass behind a start that found the clock set', () => {
    expect(broken([warm(1_020), warm(1_300)])).toEqual(['W12']);
    const lives = [
      { spawnedAt: 0, readyAt: 5, diedAt: 1_150 },
      { spawnedAt: 1_160, readyAt: 1_170, diedAt: never },
    ];
    expect(broken([warm(1_020), warm(1_300)], { lives, jumps: [1_140] })).toEqual([]);
    expect(broken([warm(1_020), warm(1_300), warm(1_500)], { lives, jumps: [1_140] })).toEqual(['W12']);
  });

  it('W12: catches what was in flight when the kernel died and is sent again at once', () => {
    const lives = [
      { spawnedAt: 0, readyAt: 5, diedAt: 1_100 },
      { spawnedAt: 1_800, readyAt: 1_900, diedAt: never },
    ];
    const lost = warm(1_020, { isLost: true });
    expect(broken([lost, warm(2_100)], { lives })).toEqual(['W12']);
    expect(broken([lost, warm(2_850, { endedAt: 2_890 })], { lives })).toEqual(['W11']);
  });

  it('W8: catches one that is never warmed, or with another model', () => {
    const long = { ...conversation, deeds: conversation.deeds.slice(0, 1) };
    const faults = warmingFaults(long, [warm(1_020)], world, 20_000);
    expect(faults.some((line) => line.startsWith('W8'))).toBe(true);
    expect(broken([warm(1_020, { model: 'other' })])).toEqual(['W8']);
  });
});
