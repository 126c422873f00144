import type {
  CreateTokenResponse,
  RevokedResponse,
  TokenSummary,
  TokensResponse,
} from '@dispatch/transport-contract';
import { createTokenRequestSchema } from '@dispatch/transport-contract/schema';
import type { TokenRow } from '../identity/people-store.ts';
import { ApiError } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { storageFull } from './change-conversation.ts';
import { revokedAnswer } from './revoked-answer.ts';
import { validate } from './validate.ts';

/** Nothing of its secret. */
function tokenSummary({ secretHash: _, ...summary }: TokenRow): TokenSummary {
  return summary;
}

/** `GET /tokens` */
export const tokens: ApiHandler = async ({ principal }, { store }): Promise<TokensResponse> => ({
  tokens: (await store.people.tokensOf(principal.userId)).map(tokenSummary),
});

/** `POST /tokens`: for the caller, with none of the scopes that they or their role lack. */
export const createToken: ApiHandler = async (
  { principal, body },
  { identity },
): Promise<CreateTokenResponse> => {
  const request = await validate(createTokenRequestSchema, await body());
  const caller = await identity.describe(principal);
  const held = caller.principal.scopes;
  const missing = request.scopes.find((scope) => scope !== 'public' && !held.includes(scope));
  if (missing !== undefined)
    throw new ApiError(
      'forbidden',
      `the scope ${missing} is more than you, or a ${caller.user.role}, may do`,
    );
  const made = await identity.grants.createToken(caller, request);
  if (made === 'full') throw storageFull();
  return { token: tokenSummary(made.row), secret: made.secret };
};

/** `DELETE /tokens/:tokenId`: the caller's own; an administrator's anybody's. */
export const revokeToken: ApiHandler = async (
  { principal, params },
  { identity },
): Promise<RevokedResponse> => {
  const ofAnybody = principal.scopes.includes('admin');
  const outcome = await identity.grants.revokeToken(principal, params['tokenId'] ?? '', ofAnybody);
  return revokedAnswer(outcome, 'token');
};
