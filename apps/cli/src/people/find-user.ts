import type { UserSummary, UsersResponse } from '@dispatch/transport-contract';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import type { Operator } from './operator.ts';

/** The user with this id, or the one with this name. */
export async function findUser(operator: Operator, given: string): Promise<UserSummary> {
  const { users } = await operator.ask<UsersResponse>('users');
  const named = users.filter(({ id, name }) => id === given || name === given);
  const [user] = named;
  if (user === undefined) {
    const hint = 'See `dispatch users list`, or add them: dispatch users add <name>';
    throw new CliError('not-found', EXIT.notFound, `There is no user ${given}.`, hint);
  }
  if (named.length === 1) return user;
  const ids = named.map(({ id }) => id).join(', ');
  throw new CliError(
    'ambiguous',
    EXIT.notFound,
    `More than one user is called ${given}.`,
    `Name one by id: ${ids}`,
  );
}
