import type { CreateUserRequest, UserResponse, UsersResponse } from '@dispatch/transport-contract';
import { EXIT } from '../exit-codes.ts';
import { findUser } from '../people/find-user.ts';
import type { PeopleContext } from '../people/people-context.ts';
import { printable } from '../wording.ts';

export interface AddUserOptions {
  readonly role: NonNullable<CreateUserRequest['role']>;
}

/** `dispatch users add`: the id on stdout. */
export async function addUser(
  { operator, out }: PeopleContext,
  name: string,
  { role }: AddUserOptions,
): Promise<number> {
  const answer = await operator.ask<UserResponse>('createUser', { body: { name, role } });
  const { user } = answer;
  if (out.json) {
    out.record(answer);
    return EXIT.success;
  }
  out.note(
    `${printable(user.name)} is a ${user.role}. They sign in with a token: dispatch tokens create --user ${user.id} --name <what for>`,
  );
  out.line(user.id);
  return EXIT.success;
}

/** `dispatch users list` */
export async function listUsers({ operator, out }: PeopleContext): Promise<number> {
  const { users } = await operator.ask<UsersResponse>('users');
  if (out.json) {
    out.record(users);
    return EXIT.success;
  }
  for (const { id, name, role, disabledAt } of users) {
    const cells = [id, role, disabledAt === null ? 'enabled' : 'disabled', printable(name)];
    out.line(cells.join(out.interactive ? '  ' : '\t'));
  }
  return EXIT.success;
}

/** `dispatch users disable` and `enable`; disabling ends every token and session of theirs for good. */
export async function switchUser(
  { operator, out }: PeopleContext,
  given: string,
  disabled: boolean,
): Promise<number> {
  const { id: userId } = await findUser(operator, given);
  const answer = await operator.ask<UserResponse>('changeUser', { params: { userId }, body: { disabled } });
  if (out.json) out.record(answer);
  else {
    const { name } = answer.user;
    const outcome = disabled
      ? 'is signed out everywhere, and their tokens are revoked'
      : 'may be given tokens again';
    out.note(`${printable(name)} ${outcome}.`);
  }
  return EXIT.success;
}
