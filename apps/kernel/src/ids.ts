import { createHash, randomBytes } from 'node:crypto';
import type { IdKind, Ids } from './ports.ts';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_LENGTH = 26;

/** Ids and randomness of the operating system. */
export const systemIds: Ids = {
  mint(kind: IdKind): string {
    let id = `${kind}_`;
    // 256 is a multiple of 32, so the low five bits of a random byte are uniform.
    for (const byte of randomBytes(ID_LENGTH)) id += CROCKFORD[byte & 31];
    return id;
  },
  random(bytes: number): string {
    return randomBytes(bytes).toString('hex');
  },
  fraction(): number {
    return randomBytes(4).readUInt32BE() / 2 ** 32;
  },
};

/** SHA-256 of a text as lower-case hex: the same text gives the same fingerprint in every start of the kernel. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
