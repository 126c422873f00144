import { describe, expect, it } from 'vitest';
import { fingerprint, systemIds } from './ids.ts';
import { messageIdOf } from './turn/message-id.ts';

describe('ids', () => {
  it('are the kind and 26 Crockford characters, and differ', () => {
    const minted = Array.from({ length: 1_000 }, () => systemIds.mint('trn'));
    for (const id of minted) expect(id).toMatch(/^trn_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(new Set(minted).size).toBe(1_000);
  });

  it('of messages follow from the turn, are well-formed and differ within it', () => {
    const turnId = systemIds.mint('trn');
    const ids = Array.from({ length: 5_000 }, (_, index) => messageIdOf(turnId, index));
    for (const id of ids) expect(id).toMatch(/^msg_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(new Set(ids).size).toBe(5_000);
    expect(messageIdOf(turnId, 7)).toBe(ids[7]);
    expect(messageIdOf(systemIds.mint('trn'), 7)).not.toBe(ids[7]);
  });

  it('random material has the length asked for, fractions stay below 1', () => {
    expect(systemIds.random(16)).toMatch(/^[0-9a-f]{32}$/);
    for (let index = 0; index < 1_000; index += 1) {
      const fraction = systemIds.fraction();
      expect(fraction >= 0 && fraction < 1).toBe(true);
    }
  });

  it('the fingerprint of a text is its SHA-256', () => {
    expect(fingerprint('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
