/** What wants to be called once the present callback is over. */
export interface Flushable {
  flush(): void;
}

/** Calls everybody who asked at the end of the callback that runs now, so that what they wrote meanwhile leaves together. */
export class EndOfTurn {
  #due: Flushable[] = [];

  /** To be asked once for each callback by each. */
  ask(one: Flushable): void {
    if (this.#due.push(one) === 1) process.nextTick(() => this.#flush());
  }

  #flush(): void {
    const due = this.#due;
    this.#due = [];
    for (const one of due) one.flush();
  }
}
