/** Lets so many through at once; the others wait in the order they came. */
export class Gate {
  readonly #most: number;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** Ends when there is room; true when it had to wait. To be followed by {@link leave}. */
  async enter(): Promise<boolean> {
    if (this.#inside < this.#most) {
      this.#inside += 1;
      return false;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return true;
  }

  leave(): void {
    const next = this.#waiting.shift();
    // The place goes from hand to hand.
    if (next === undefined) this.#inside -= 1;
    else next();
  }
}
