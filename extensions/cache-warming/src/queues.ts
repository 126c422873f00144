/** Work of one conversation, one piece at a time and in order; conversations do not wait for each other. */
export class Queues {
  readonly #last = new Map<string, Promise<unknown>>();

  run<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(id) ?? Promise.resolve();
    // Whoever asked for the work before hears of its failure; what stands behind it is done all the same.
    const result = before.then(work, work);
    this.#last.set(id, result);
    const over = () => {
      if (this.#last.get(id) === result) this.#last.delete(id);
    };
    result.then(over, over);
    return result;
  }
}
