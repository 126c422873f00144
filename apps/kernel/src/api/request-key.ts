import { idempotencyKeySchema } from '@dispatch/transport-contract/schema';
import { fingerprint } from '../ids.ts';
import type { IdempotencyKey, Store } from '../ports.ts';
import type { ApiRequest } from './api-handler.ts';
import { validate } from './validate.ts';

/** How long a key is kept, by the age of the store. */
export const KEY_LIFETIME_MS = 24 * 3_600_000;

/**
 * The key a request carries in its header, for one operation on one conversation; `meaning` is what the request asks for, as JSON
 * has it. Undefined: it carries none. A malformed key is refused.
 */
export async function requestKey(
  request: ApiRequest,
  store: Store,
  operation: string,
  meaning: unknown,
): Promise<IdempotencyKey | undefined> {
  const header = request.header('idempotency-key');
  if (header === undefined) return undefined;
  const key = await validate(idempotencyKeySchema, header, 'Idempotency-Key');
  const { userId, conversationId } = request;
  return keyFor(store, userId, key, operation, [conversationId, meaning ?? null]);
}

/** A key for one operation; `meaning` is what is asked for, as JSON has it. */
export function keyFor(
  store: Store,
  userId: string,
  key: string,
  operation: string,
  meaning: unknown,
): IdempotencyKey {
  const bodyHash = fingerprint(JSON.stringify(meaning));
  return { principal: userId, key, operation, bodyHash, expiresAt: store.age() + KEY_LIFETIME_MS };
}

/** The header is a synonym of the field; the field wins. */
export function withKeyHeader(body: unknown, key: string | undefined): unknown {
  if (key === undefined || typeof body !== 'object' || body === null || 'idempotencyKey' in body) return body;
  return { ...body, idempotencyKey: key };
}
