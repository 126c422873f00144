import type { Credential, VerifyAnswer } from '@dispatch/link';
import { type Answer, ask } from '../../__fixtures__/kernel-client.ts';
import { systemClock } from '../../clock.ts';
import type { Clock } from '../../ports.ts';

const ADDRESS = '192.0.2.7';

/** A clock that can be put forward. */
export function shiftedClock(): Clock & { shift(ms: number): void } {
  let by = 0;
  return {
    ...systemClock,
    wall: () => systemClock.wall() + by,
    mono: () => systemClock.mono() + by,
    shift: (ms) => {
      by += ms;
    },
  };
}

/** Shows a credential, as a gateway does. */
export function show(dataDir: string, credential: Credential, address = ADDRESS): Promise<Answer> {
  return ask(dataDir, 'POST', '/internal/identity/verify', { body: { credential, address } });
}

export const showToken = (dataDir: string, secret: string, address?: string): Promise<Answer> =>
  show(dataDir, { kind: 'token', secret }, address);

/** What a person asks in the name of what they showed. */
export async function asPerson(dataDir: string, secret: string): Promise<VerifyAnswer['principal']> {
  const { status, body } = await showToken(dataDir, secret);
  if (status !== 200) throw new Error(`the token is not good: ${status}`);
  return body.principal;
}

/** A new user, made by the operator. */
export async function newUser(dataDir: string, name: string, role = 'member'): Promise<string> {
  const { body } = await ask(dataDir, 'POST', '/users', { sessionId: 'operator', body: { name, role } });
  return body.user.id;
}

/** A new token of theirs, made by the operator; the secret and the id. */
export async function newToken(
  dataDir: string,
  userId: string,
  request: object = {},
): Promise<{ readonly secret: string; readonly id: string }> {
  const body = { name: 'test', scopes: ['chat:read'], ...request };
  const answer = await ask(dataDir, 'POST', '/tokens', { userId, sessionId: 'operator', body });
  if (answer.status !== 200) throw new Error(`no token: ${JSON.stringify(answer.body)}`);
  return { secret: answer.body.secret, id: answer.body.token.id };
}
