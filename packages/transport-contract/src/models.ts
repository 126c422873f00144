/** `GET /models`: what can be named as `model`. */
export interface ModelsResponse {
  /** Full names, `<credential>/<model>`. */
  readonly models: readonly string[];
}
