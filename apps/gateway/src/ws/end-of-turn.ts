/** What wants to be called when everything that leaves together has been written. */
export interface Flushable {
  flush(): void;
}

/** The moment at which what was written leaves. */
export interface Departure {
  /** To be asked once, until called, by each. */
  ask(one: Flushable): void;
  /** Somebody who has asked wrote more. */
  goesOn(): void;
}

/** Calls everybody who asked at the end of the callback that runs now. */
export class EndOfTurn implements Departure {
  #due: Flushable[] = [];

  ask(one: Flushable): void {
    if (this.#due.push(one) === 1) process.nextTick(() => this.#flush());
  }

  goesOn(): void {}

  #flush(): void {
    const due = this.#due;
    this.#due = [];
    for (const one of due) one.flush();
  }
}
