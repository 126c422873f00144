import type { Route } from './routes.ts';

type PeopleRouteName =
  | 'me'
  | 'sessions'
  | 'endSession'
  | 'tokens'
  | 'createToken'
  | 'revokeToken'
  | 'users'
  | 'createUser'
  | 'changeUser'
  | 'audit'
  | 'presence'
  | 'setStatus';

/** The rows of the route table about people, their sessions and their tokens. */
export const PEOPLE_ROUTES: { readonly [Name in PeopleRouteName]: Route<Name> } = {
  me: {
    name: 'me',
    method: 'GET',
    path: '/me',
    scope: 'signed-in',
    since: '0.13.0',
    summary: 'Who one is here, and with what.',
    response: 'MeResponse',
  },
  sessions: {
    name: 'sessions',
    method: 'GET',
    path: '/sessions',
    scope: 'signed-in',
    since: '0.13.0',
    summary: 'The browsers one is signed in with.',
    response: 'SessionsResponse',
  },
  endSession: {
    name: 'endSession',
    method: 'DELETE',
    path: '/sessions/:sessionId',
    scope: 'signed-in',
    since: '0.13.0',
    summary: 'Sign one of them out.',
    response: 'RevokedResponse',
  },
  tokens: {
    name: 'tokens',
    method: 'GET',
    path: '/tokens',
    scope: 'signed-in',
    since: '0.13.0',
    summary: "One's own API tokens, without their secrets.",
    response: 'TokensResponse',
  },
  createToken: {
    name: 'createToken',
    method: 'POST',
    path: '/tokens',
    scope: 'signed-in',
    since: '0.13.0',
    summary: 'Make an API token; its secret is shown this once.',
    request: 'CreateTokenRequest',
    response: 'CreateTokenResponse',
  },
  revokeToken: {
    name: 'revokeToken',
    method: 'DELETE',
    path: '/tokens/:tokenId',
    scope: 'signed-in',
    since: '0.13.0',
    summary: 'Revoke an API token, and the sessions started with it.',
    response: 'RevokedResponse',
  },
  users: {
    name: 'users',
    method: 'GET',
    path: '/users',
    scope: 'admin',
    since: '0.13.0',
    summary: 'Everybody who may sign in, or might once.',
    response: 'UsersResponse',
  },
  createUser: {
    name: 'createUser',
    method: 'POST',
    path: '/users',
    scope: 'admin',
    since: '0.13.0',
    summary: 'Add a user.',
    request: 'CreateUserRequest',
    response: 'UserResponse',
  },
  changeUser: {
    name: 'changeUser',
    method: 'PUT',
    path: '/users/:userId',
    scope: 'admin',
    since: '0.13.0',
    summary: 'Rename a user, change their role, disable or enable them.',
    request: 'ChangeUserRequest',
    response: 'UserResponse',
  },
  audit: {
    name: 'audit',
    method: 'GET',
    path: '/audit',
    scope: 'admin',
    since: '0.13.0',
    summary: 'Who did what, in order.',
    query: 'AuditQuery',
    response: 'AuditResponse',
  },
  presence: {
    name: 'presence',
    method: 'GET',
    path: '/presence',
    scope: 'signed-in',
    since: '0.13.0',
    summary: 'Who of those one shares a workspace with is there.',
    response: 'PresenceResponse',
  },
  setStatus: {
    name: 'setStatus',
    method: 'PUT',
    path: '/me/status',
    scope: 'signed-in',
    since: '0.13.0',
    summary: "Set or clear one's own status text.",
    request: 'SetStatusRequest',
    response: 'Presence',
  },
};
