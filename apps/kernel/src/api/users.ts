import type { Principal } from '@dispatch/link';
import type { UserResponse, UsersResponse } from '@dispatch/transport-contract';
import { changeUserRequestSchema, createUserRequestSchema } from '@dispatch/transport-contract/schema';
import type { Identity } from '../identity/identity.ts';
import { ApiError } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { storageFull } from './change-conversation.ts';
import { validate } from './validate.ts';

/** `GET /users` */
export const users: ApiHandler = async (_, { store }): Promise<UsersResponse> => ({
  users: await store.people.users(),
});

/** `POST /users` */
export const createUser: ApiHandler = async ({ principal, body }, { identity }): Promise<UserResponse> => {
  const request = await validate(createUserRequestSchema, await body());
  if (request.role === 'owner') await onlyOwners(principal, identity);
  const user = await identity.users.create(principal, request);
  if (user === 'full') throw storageFull();
  return { user };
};

/** `PUT /users/:userId` */
export const changeUser: ApiHandler = async (
  { principal, params, body },
  { identity, store },
): Promise<UserResponse> => {
  const request = await validate(changeUserRequestSchema, await body());
  const userId = params['userId'] ?? '';
  const before = await store.people.user(userId);
  if (request.role === 'owner' || before?.role === 'owner') await onlyOwners(principal, identity);
  const user = await identity.users.change(principal, userId, request);
  if (user === 'full') throw storageFull();
  if (user === 'not-found') throw new ApiError('not-found', 'there is no such user');
  if (user === 'owner') {
    throw new ApiError(
      'invalid-request',
      'the owner of this instance can neither be disabled nor get another role',
    );
  }
  return { user };
};

/** An administrator makes nobody more than they are themselves, and changes nobody who is. */
async function onlyOwners(principal: Principal, identity: Identity): Promise<void> {
  const { user } = await identity.describe(principal);
  if (user.role !== 'owner') throw new ApiError('forbidden', 'only an owner makes or changes an owner');
}
