/**
 * Why a WebSocket was closed, as data.
 *
 * @since 0.13.0
 */
export interface CloseCode {
  /** Of the close frame. */
  readonly code: number;
  /** Kebab-case. */
  readonly name: string;
  /** Whether to come back, and to resume. */
  readonly resume: boolean;
  /** One sentence for whoever meets it. */
  readonly meaning: string;
}

const define = (code: number, name: string, resume: boolean, meaning: string): CloseCode => ({
  code,
  name,
  resume,
  meaning,
});

/**
 * Every code by which a gateway closes a connection, by name. A code that is not here follows the rule of its range: 1008, 1011 and every 4xxx mean to
 * stop and say why, everything else to come back. A `bye` goes before where the socket still works; what it says about coming back counts.
 *
 * @since 0.13.0
 */
export const CLOSE_CODES: {
  readonly goingAway: CloseCode;
  readonly policyViolation: CloseCode;
  readonly internalError: CloseCode;
  readonly serviceRestart: CloseCode;
  readonly tryAgainLater: CloseCode;
  readonly signedOut: CloseCode;
  readonly replaced: CloseCode;
} = {
  goingAway: define(1001, 'going-away', true, 'The gateway goes away.'),
  policyViolation: define(1008, 'policy-violation', false, 'What the client does is not allowed here.'),
  internalError: define(1011, 'internal-error', false, 'The gateway cannot go on with this connection.'),
  serviceRestart: define(1012, 'service-restart', true, 'The gateway restarts, or the epoch is another one.'),
  tryAgainLater: define(1013, 'try-again-later', true, 'The client reads too slowly or asks too much.'),
  signedOut: define(4401, 'signed-out', false, 'The credentials expired or were revoked; sign in again.'),
  replaced: define(4409, 'replaced', false, 'The same tab opened another connection.'),
};

/**
 * Whether to come back after a close by this code, a code of a later version included.
 *
 * @since 0.13.0
 */
export function isResumable(code: number): boolean {
  const known = Object.values(CLOSE_CODES).find((one) => one.code === code);
  return known?.resume ?? !(code >= 4000 && code <= 4999);
}
