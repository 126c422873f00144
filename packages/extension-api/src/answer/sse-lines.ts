/** Cuts decoded text into lines whatever ends them (LF, CRLF, CR, also split over pieces), with a bound on each. */
export class LineCutter {
  #pending: string[] = [];
  #pendingLength = 0;
  #afterReturn = false;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The lines that `text` completes. Undefined: a line is longer than the limit. */
  feed(text: string): readonly string[] | undefined {
    const input = this.#afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') this.#afterReturn = text.endsWith('\r');
    const pieces = input.split(/\r\n|\n|\r/);
    const rest = pieces.pop() ?? '';
    const lines: string[] = [];
    for (const piece of pieces) {
      lines.push(this.#pendingLength === 0 ? piece : `${this.#pending.join('')}${piece}`);
      this.#pending = [];
      this.#pendingLength = 0;
    }
    if (rest !== '') {
      this.#pending.push(rest);
      this.#pendingLength += rest.length;
    }
    const tooLong = this.#pendingLength > this.#limit || lines.some((line) => line.length > this.#limit);
    return tooLong ? undefined : lines;
  }

  /** What came behind the last line end. */
  rest(): string {
    return this.#pending.join('');
  }
}

/** The value of a `data` line of an event stream. Undefined: another kind of line. */
export function dataOf(line: string): string | undefined {
  if (!line.startsWith('data:')) return undefined;
  return line.slice(line.charCodeAt(5) === 32 ? 6 : 5);
}
