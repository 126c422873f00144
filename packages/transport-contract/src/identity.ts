import type { User } from '@dispatch/collab-contract';
import type { Scope } from './scope.ts';

/**
 * What a caller proved who they are with. `local` nothing: there is one user · `session` the cookie of `POST /session` · `token` an API token · `jwt` a token of
 * the identity provider.
 *
 * @since 0.13.0
 */
export type SessionKind = 'local' | 'session' | 'token' | 'jwt';

/**
 * `GET /me`, and the answer of `POST /session`: who one is here.
 *
 * @since 0.13.0
 */
export interface MeResponse {
  readonly user: User;
  /** What this caller may do; narrower than the user's own when the token is. */
  readonly scopes: readonly Scope[];
  readonly session: {
    /** What can be ended or revoked. */
    readonly id: string;
    readonly kind: SessionKind;
    /** Epoch milliseconds. Null: it does not expire. */
    readonly expiresAt: number | null;
  };
}

/**
 * A signed-in browser.
 *
 * @since 0.13.0
 */
export interface SessionSummary {
  /** `ses_…` */
  readonly id: string;
  readonly createdAt: number;
  /** Last request, to the minute, epoch milliseconds. */
  readonly lastUsedAt: number;
  readonly expiresAt: number;
  /** As the browser names itself, cut to 200 characters. Null: it does not. */
  readonly userAgent: string | null;
  /** Whether the request that asks is of this session. */
  readonly current: boolean;
}

/**
 * `GET /sessions`: the caller's own, newest first.
 *
 * @since 0.13.0
 */
export interface SessionsResponse {
  readonly sessions: readonly SessionSummary[];
}

/**
 * An API token, without its secret.
 *
 * @since 0.13.0
 */
export interface TokenSummary {
  /** `tok_…` */
  readonly id: string;
  /** Whose it is. */
  readonly userId: string;
  /** What it is for, in its maker's words. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  /** Null: it does not expire. */
  readonly expiresAt: number | null;
  /** To the minute. Null: never used. */
  readonly lastUsedAt: number | null;
  /** Null: it is good, unless it expired. */
  readonly revokedAt: number | null;
}

/**
 * `GET /tokens`: the caller's own, newest first.
 *
 * @since 0.13.0
 */
export interface TokensResponse {
  readonly tokens: readonly TokenSummary[];
}

/**
 * `POST /tokens`.
 *
 * @since 0.13.0
 */
export interface CreateTokenRequest {
  /** What it is for; 1–100 characters. */
  readonly name: string;
  /** None that the caller lacks. */
  readonly scopes: readonly Scope[];
  /** Days until it expires, 1–3,650. Absent: 90. */
  readonly expiresInDays?: number;
}

/**
 * Answer of `POST /tokens`.
 *
 * @since 0.13.0
 */
export interface CreateTokenResponse {
  readonly token: TokenSummary;
  /** The secret, `dsp_…`: shown this once, stored nowhere. */
  readonly secret: string;
}

/**
 * Answer of `DELETE /sessions/:sessionId`, `DELETE /tokens/:tokenId` and `DELETE /session`.
 *
 * @since 0.13.0
 */
export interface RevokedResponse {
  /** False: it was ended before. */
  readonly revoked: boolean;
}

/**
 * `POST /session`: signs a browser in, with an API token or with the code that the identity provider gave it.
 *
 * @since 0.13.0
 */
export type SignInRequest =
  | { readonly token: string }
  | { readonly code: string; readonly codeVerifier: string; readonly redirectUri: string };

/**
 * Answer of `POST /ws-ticket`.
 *
 * @since 0.13.0
 */
export interface TicketResponse {
  /** For `?ticket=` of one upgrade or one close, once. */
  readonly ticket: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}
