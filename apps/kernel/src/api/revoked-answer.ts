import type { RevokedResponse } from '@dispatch/transport-contract';
import type { RevokeOutcome } from '../identity/grants.ts';
import { ApiError } from './api-error.ts';
import { storageFull } from './change-conversation.ts';

/** The answer to ending a `what`. Somebody else's is answered as one that never was. */
export function revokedAnswer(outcome: RevokeOutcome, what: string): RevokedResponse {
  if (outcome === 'full') throw storageFull();
  if (outcome === 'not-found') throw new ApiError('not-found', `there is no such ${what}`);
  return { revoked: outcome === 'revoked' };
}
