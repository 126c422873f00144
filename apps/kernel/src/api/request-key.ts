import { idempotencyKeySchema } from '@dispatch/transport-contract/schema';
import { keyFor } from '../idempotency-key.ts';
import type { IdempotencyKey, Store } from '../ports.ts';
import type { ApiRequest } from './api-handler.ts';
import { validate } from './validate.ts';

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

/** The header is a synonym of the field; the field wins. */
export function withKeyHeader(body: unknown, key: string | undefined): unknown {
  if (key === undefined || typeof body !== 'object' || body === null || 'idempotencyKey' in body) return body;
  return { ...body, idempotencyKey: key };
}
