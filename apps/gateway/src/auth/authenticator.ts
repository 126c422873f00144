import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../refusal.ts';
import { type Caller, LOCAL_CALLER } from './caller.ts';

/** Who it is, or why that cannot be told. */
export type Authenticated =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly refusal: Refusal };

/** Tells who a request or an upgrade is from. The same for both, and the only place where that is decided. */
export interface Authenticator {
  authenticate(incoming: IncomingMessage): Promise<Authenticated>;
}

const OWNER: Authenticated = { ok: true, caller: LOCAL_CALLER };

/** Auth mode `local`: whoever got this far is on this machine, and is its owner. */
export const localAuthenticator: Authenticator = { authenticate: () => Promise.resolve(OWNER) };
