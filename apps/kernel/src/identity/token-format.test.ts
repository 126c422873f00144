import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemIds } from '../ids.ts';
import { mintSecret, parseSecret } from './token-format.ts';

const secretOf = (kind: 'tok' | 'ses') => {
  const id = systemIds.mint(kind);
  return { id, kind, secret: mintSecret(id, systemIds) };
};

describe('S-03: the form of a secret', () => {
  it('names its kind and row, and holds 256 bits that no two share', () => {
    const made = Array.from({ length: 500 }, (_, at) => secretOf(at % 2 === 0 ? 'tok' : 'ses'));
    for (const { id, kind, secret } of made) {
      expect(secret).toMatch(/^dsp_(tok|ses)_[0-9a-z]{26}_[0-9A-Za-z]{43}_[0-9a-f]{8}$/);
      expect(parseSecret(secret)).toEqual({ kind, id });
    }
    expect(new Set(made.map(({ secret }) => secret)).size).toBe(500);
    const largest = mintSecret('tok_00000000000000000000000000', { random: () => 'f'.repeat(64) });
    expect(parseSecret(largest)?.kind).toBe('tok');
  });

  it('a typo anywhere is seen without a look-up', () => {
    const { secret } = secretOf('tok');
    const place = fc.nat(secret.length - 1);
    fc.assert(
      fc.property(place, fc.string({ minLength: 1, maxLength: 1 }), (at, letter) => {
        fc.pre(letter !== secret[at]);
        return parseSecret(secret.slice(0, at) + letter + secret.slice(at + 1)) === undefined;
      }),
      { numRuns: 2_000 },
    );
    for (const odd of [
      '',
      'dsp_tok',
      `${secret} `,
      secret.toUpperCase(),
      secret.replace('dsp_tok', 'dsp_ses'),
    ]) {
      expect(parseSecret(odd)).toBeUndefined();
    }
  });
});
