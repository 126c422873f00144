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
  return {
    principal: userId,
    key,
    operation,
    bodyHash: fingerprint(JSON.stringify([conversationId, meaning ?? null])),
    expiresAt: store.age() + KEY_LIFETIME_MS,
  };
}
