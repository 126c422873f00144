import { describe, expect, it } from 'vitest';
import { reconnectDelay } from './backoff.ts';

describe('reconnectDelay', () => {
  it('R8: takes any part of a ceiling that doubles from 1 to 30 seconds', () => {
    const almostOne = [0, 1, 2, 3, 4, 5, 6, 50].map((failures) => reconnectDelay(failures, 1));
    expect(almostOne).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(reconnectDelay(6, 0)).toBe(0);
    expect(reconnectDelay(6, 0.5)).toBe(15_000);
  });

  it('R8: is never shorter than what the server asked for', () => {
    expect(reconnectDelay(0, 0.5, 4_000)).toBe(4_000);
    expect(reconnectDelay(3, 0.9, 4_000)).toBe(7_200);
  });
});
