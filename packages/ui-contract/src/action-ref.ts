/** Names an action of a surface. Send it back as the `actionId` of an `invoke`. */
export interface ActionRef {
  /** Kebab-case, by convention `<extension>/<verb>`. Read it from the spec; do not hard-code it. */
  readonly actionId: string;
}
