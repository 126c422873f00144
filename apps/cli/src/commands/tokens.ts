import type {
  CreateTokenResponse,
  RevokedResponse,
  TokenSummary,
  TokensResponse,
  UserSummary,
  UsersResponse,
} from '@dispatch/transport-contract';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { findUser } from '../people/find-user.ts';
import type { PeopleContext } from '../people/people-context.ts';
import { ago, printable } from '../wording.ts';

export interface CreateTokenOptions {
  /** Id or name. */
  readonly user: string;
  readonly name: string;
  /** Absent: reading and writing conversations. */
  readonly scope?: readonly string[];
  /** Days. */
  readonly expires: number;
}

/** `dispatch tokens create`: the secret alone on stdout, so that a shell can keep it. */
export async function createToken(context: PeopleContext, options: CreateTokenOptions): Promise<number> {
  const { operator, out } = context;
  const { name, scope: scopes = ['chat:read', 'chat:write'], expires: expiresInDays } = options;
  const user = await findUser(operator, options.user);
  if (user.disabledAt !== null) {
    const hint = `Let them in again first: dispatch users enable ${user.id}`;
    throw new CliError('user-disabled', EXIT.conflict, `${printable(user.name)} is disabled.`, hint);
  }
  const call = { userId: user.id, body: { name, scopes, expiresInDays } };
  const made = await operator.ask<CreateTokenResponse>('createToken', call);
  const { token, secret } = made;
  if (out.json) {
    out.record(made);
    return EXIT.success;
  }
  out.note(`${token.id} of ${printable(user.name)} (${user.id}), for ${token.scopes.join(', ')}`);
  if (token.expiresAt !== null) out.note(`It expires on ${dayOf(token.expiresAt)}. It is shown this once:`);
  out.line(secret);
  return EXIT.success;
}

/** `dispatch tokens list`: everybody's, or one user's. */
export async function listTokens(
  { operator, out, clock }: PeopleContext,
  { user }: { readonly user?: string },
): Promise<number> {
  const users =
    user === undefined
      ? (await operator.ask<UsersResponse>('users')).users
      : [await findUser(operator, user)];
  const found: { readonly of: UserSummary; readonly token: TokenSummary }[] = [];
  for (const of of users) {
    const { tokens } = await operator.ask<TokensResponse>('tokens', { userId: of.id });
    found.push(...tokens.map((token) => ({ of, token })));
  }
  if (out.json) {
    out.record(found.map(({ token }) => token));
    return EXIT.success;
  }
  if (found.length === 0)
    out.note('No tokens. Make one: dispatch tokens create --user <name> --name <what for>');
  const now = clock.wall();
  for (const { of, token } of found) {
    const used = token.lastUsedAt === null ? 'never used' : `used ${ago(now - token.lastUsedAt)} ago`;
    const cells = [
      token.id,
      printable(of.name),
      stateOf(token, now),
      used,
      token.scopes.join(','),
      printable(token.name),
    ];
    out.line(cells.join(out.interactive ? '  ' : '\t'));
  }
  return EXIT.success;
}

/** `dispatch tokens revoke`: whoever is connected with it is cut off. */
export async function revokeToken({ operator, out }: PeopleContext, tokenId: string): Promise<number> {
  const answer = await operator.ask<RevokedResponse>('revokeToken', { params: { tokenId } });
  if (out.json) out.record(answer);
  else out.note(answer.revoked ? `${tokenId} is revoked.` : `${tokenId} was revoked before.`);
  return EXIT.success;
}

function stateOf({ revokedAt, expiresAt }: TokenSummary, now: number): string {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt === null) return 'good';
  return expiresAt <= now ? 'expired' : `until ${dayOf(expiresAt)}`;
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
