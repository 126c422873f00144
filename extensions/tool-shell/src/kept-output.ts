/** Characters kept from either end of a stream. */
const END = 16_384;

/** What is kept of a stream of text for a model: its beginning and its end. */
export class KeptOutput {
  #head = '';
  #tail = '';
  #left = 0;

  add(text: string): void {
    const room = END - this.#head.length;
    this.#head += text.slice(0, room);
    this.#tail += text.slice(room);
    // Cutting only at twice the length keeps the cost of many small pieces low.
    if (this.#tail.length > 2 * END) this.#cut();
  }

  /** All of it, or both ends with a line between them that says how much is missing. Empty: nothing was written. */
  text(): string {
    if (this.#tail.length > END) this.#cut();
    if (this.#left === 0) return this.#head + this.#tail;
    return `${this.#head}\n[… ${this.#left} characters left out …]\n${this.#tail}`;
  }

  #cut(): void {
    const over = this.#tail.length - END;
    this.#left += over;
    this.#tail = this.#tail.slice(over);
  }
}
