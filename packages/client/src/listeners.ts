/** A set of callbacks of which none can harm another or the caller. */
export class Listeners<Value> {
  readonly #callbacks = new Set<(value: Value) => void>();
  readonly #report: (error: unknown) => void;

  /** @param report told what a callback threw */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** The returned function removes it again. */
  add(callback: (value: Value) => void): () => void {
    const own = (value: Value): void => callback(value);
    this.#callbacks.add(own);
    return () => {
      this.#callbacks.delete(own);
    };
  }

  emit(value: Value): void {
    for (const callback of [...this.#callbacks]) {
      if (!this.#callbacks.has(callback)) continue;
      try {
        callback(value);
      } catch (error) {
        this.#report(error);
      }
    }
  }
}
