import type { IncomingMessage } from 'node:http';
import type { SignInRequest } from '@dispatch/transport-contract';
import type { Refusal } from '../refusal.ts';
import { type Caller, LOCAL_CALLER } from './caller.ts';
import type { Occasion } from './shown-credential.ts';

/** Whether somebody still is who they were: `over` when what they showed is revoked or expired, `unknown` when nobody can tell now. */
export type Standing = 'good' | 'over' | 'unknown';

/** A caller, and how to learn later whether that still holds. */
export interface KnownCaller {
  readonly ok: true;
  readonly caller: Caller;
  /** When the kernel was asked, on the clock that never goes back: an answer may have been overtaken by a revocation. */
  readonly askedAt: number;
  standing(): Promise<Standing>;
}

/** Who it is, or why they may not enter. */
export type Authenticated = KnownCaller | { readonly ok: false; readonly refusal: Refusal };

/** Tells who a request or an upgrade is from. The same for both, and the only place where that is decided. */
export interface Authenticator {
  authenticate(incoming: IncomingMessage, occasion: Occasion): Promise<Authenticated>;
  /** Who it is that wants a session of their own. */
  signIn(request: SignInRequest, address: string): Promise<SignedIn>;
}

/** `endsWith`: a session ends no later, epoch milliseconds. Null: by its own limit. */
export type SignedIn =
  | { readonly ok: true; readonly caller: Caller; readonly endsWith: number | null }
  | { readonly ok: false; readonly refusal: Refusal };

const OWNER: KnownCaller = {
  ok: true,
  caller: LOCAL_CALLER,
  askedAt: 0,
  standing: () => Promise.resolve('good'),
};

/** Auth mode `local`: whoever got this far is on this machine, and is its owner. */
export const localAuthenticator: Authenticator = {
  authenticate: () => Promise.resolve(OWNER),
  signIn: () => Promise.resolve({ ok: true, caller: LOCAL_CALLER, endsWith: null }),
};
