import type { User } from '@dispatch/collab-contract';
import type { SessionKind, SessionSummary } from '@dispatch/transport-contract';
import type { Principal } from './principal.ts';

/** Routes of rpc.sock by which gateways learn who somebody is. Refusals have the public error body. */
export const IDENTITY_ROUTES = {
  verify: { method: 'POST', path: '/internal/identity/verify' },
  startSession: { method: 'POST', path: '/internal/identity/sessions' },
  ticket: { method: 'POST', path: '/internal/identity/tickets' },
  redeemTicket: { method: 'POST', path: '/internal/identity/tickets/redeem' },
} as const;

/** What a caller showed. A `jwt` was checked by the gateway already; the rest only the kernel can check. */
export type Credential =
  | { readonly kind: 'token' | 'session'; readonly secret: string }
  | {
      readonly kind: 'jwt';
      readonly issuer: string;
      readonly subject: string;
      /** As the identity provider names the person. Absent: it does not. */
      readonly name?: string;
      /** Epoch milliseconds. */
      readonly expiresAt: number;
      /** Names this token: its `jti`, or a hash of it. */
      readonly jwtId: string;
    };

/** Body of `verify`. */
export interface VerifyBody {
  readonly credential: Credential;
  /** The caller's network address, for the audit trail. */
  readonly address: string;
}

/** 200 of `verify` and `redeemTicket`. Whatever is wrong with a credential is one 401, `unauthenticated`. */
export interface VerifyAnswer {
  readonly principal: Principal;
  readonly user: User;
  readonly kind: SessionKind;
  /** Epoch milliseconds at which the credential ends by itself. Null: never. */
  readonly expiresAt: number | null;
}

/** Body of `startSession`, asked by the principal that signs in. */
export interface StartSessionBody {
  /** As the browser names itself. Absent: it does not. */
  readonly userAgent?: string;
  readonly address: string;
  /** The session ends no later than what it was started with, epoch milliseconds. Null: only by its own limit. */
  readonly expiresAt: number | null;
}

/** 200 of `startSession`. */
export interface StartSessionAnswer {
  /** What the cookie holds. */
  readonly secret: string;
  readonly session: SessionSummary;
  readonly verified: VerifyAnswer;
}

/** Body of `ticket`, asked by the principal that wants one; and of `redeemTicket`, with the ticket. */
export interface TicketBody {
  /** The page's origin. Null: no page asked. */
  readonly origin: string | null;
  readonly address: string;
}

/** Body of `redeemTicket`. */
export interface RedeemTicketBody extends TicketBody {
  readonly ticket: string;
}
