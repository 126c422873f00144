import { fingerprint } from './ids.ts';
import type { IdempotencyKey, Store } from './ports.ts';

/** How long a key is kept, by the age of the store. */
const LIFETIME_MS = 24 * 3_600_000;

/** A key for one operation; `meaning` is what is asked for, as JSON has it. */
export function keyFor(
  store: Pick<Store, 'age'>,
  userId: string,
  key: string,
  operation: string,
  meaning: unknown,
): IdempotencyKey {
  const bodyHash = fingerprint(JSON.stringify(meaning));
  return { principal: userId, key, operation, bodyHash, expiresAt: store.age() + LIFETIME_MS };
}
