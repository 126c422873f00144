/** A credential that lets nobody in. What was wrong with it is for the audit trail alone. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
  /** Milliseconds to wait after too many failures; 0: there were not too many. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs = 0) {
    super('the credential is not good');
    this.retryAfterMs = retryAfterMs;
  }
}
