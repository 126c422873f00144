/** `GET /models`: what can be named as `model`. */
export interface ModelsResponse {
  /** Full names, `<credential>/<model>`. */
  readonly models: readonly string[];
  /**
   * Credentials that could not be asked, so that their models are missing above. Absent when all could.
   *
   * @since 0.10.0
   */
  readonly unavailable?: readonly UnavailableCredential[];
}

/**
 * A credential whose provider did not answer.
 *
 * @since 0.10.0
 */
export interface UnavailableCredential {
  /** The part of a model name before the first `/`. */
  readonly credential: string;
  /** One sentence for people. */
  readonly message: string;
}
