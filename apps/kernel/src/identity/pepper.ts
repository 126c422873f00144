import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE_NAME = 'pepper';
const FORM = /^[0-9a-f]{64}$/;

/** What a hash is compared with where there is no row: no secret has it. */
const NO_HASH = '0'.repeat(64);

/** Turns secrets into what is stored of them. */
export interface SecretHashes {
  /** Hex HMAC-SHA-256 of the secret. */
  hash(secret: string): string;
  /** Whether the secret is the one `hash` was made of. The same work, and the same answer, for a wrong one and for none (`hash` undefined). */
  matches(secret: string, hash: string | undefined): boolean;
}

/**
 * Hashes with the pepper of a data directory: a file of its own (0600), so that the database alone is no help to whoever guesses. Made when there is
 * none. Throws when the one that is there is not a pepper: with another one no credential would be good.
 */
export function secretHashes(dataDirectory: string): SecretHashes {
  const pepper = Buffer.from(readPepper(join(dataDirectory, FILE_NAME)), 'hex');
  const hash = (secret: string) => createHmac('sha256', pepper).update(secret, 'utf8').digest('hex');
  return {
    hash,
    matches(secret, stored) {
      const expected = stored !== undefined && FORM.test(stored) ? stored : NO_HASH;
      const isSame = timingSafeEqual(Buffer.from(hash(secret), 'hex'), Buffer.from(expected, 'hex'));
      return isSame && expected !== NO_HASH;
    },
  };
}

function readPepper(path: string): string {
  try {
    writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const pepper = readFileSync(path, 'utf8').trim();
  if (FORM.test(pepper)) return pepper;
  throw new Error(
    `${path} is not a pepper. Restore it from a backup; without it every token has to be made anew.`,
  );
}
