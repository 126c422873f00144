import type { AuditResponse } from '@dispatch/transport-contract';
import { auditQuerySchema } from '@dispatch/transport-contract/schema';
import type { ApiHandler } from './api-handler.ts';
import { validate } from './validate.ts';

const DEFAULT_LIMIT = 100;

/** `GET /audit` */
export const audit: ApiHandler = async ({ query }, { store }): Promise<AuditResponse> => {
  const { since = 0, limit = DEFAULT_LIMIT } = await validate(auditQuerySchema, query);
  const entries = await store.people.audit(since, limit);
  return { entries, latestSeq: await store.people.auditHead() };
};
