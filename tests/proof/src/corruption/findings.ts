/** What a comparison has found, and whom it tells. */
export interface Findings {
  /** A broken promise; begins with its id. */
  violation(text: string): void;
  /** Damage that the answer itself tells of. */
  reported(text: string): void;
  /** A difference that nothing tells of, where nothing was promised. */
  silent(text: string): void;
}
