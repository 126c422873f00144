import { LOCAL_OWNER, type Principal, type VerifyAnswer } from '@dispatch/link';
import type { Scope } from '@dispatch/transport-contract';

/** Who a request or a socket is from, what they showed, and until when that holds. */
export type Caller = VerifyAnswer;

/** Everything there is to be allowed. */
const EVERY_SCOPE: readonly Scope[] = [
  'public',
  'signed-in',
  'chat:read',
  'chat:write',
  'metrics:read',
  'admin',
];

/** Everybody who may connect in auth mode `local`. */
export const LOCAL_CALLER: Caller = {
  principal: { userId: LOCAL_OWNER, sessionId: 'local', scopes: EVERY_SCOPE },
  user: { id: LOCAL_OWNER, name: 'Owner', role: 'owner' },
  kind: 'local',
  expiresAt: null,
};

/** The gateway itself, for what it asks of the kernel in nobody's name. */
export const GATEWAY_PRINCIPAL: Principal = { userId: LOCAL_OWNER, sessionId: 'gateway', scopes: ['public'] };

/** Whether whoever this is may do what asks for the scope. Who is somebody is signed in. */
export function hasScope({ scopes }: Principal, scope: Scope): boolean {
  return scope === 'public' || scope === 'signed-in' || scopes.includes(scope);
}
