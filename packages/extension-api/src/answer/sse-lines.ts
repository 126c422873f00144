/** Cuts decoded text into lines whatever ends them (LF, CRLF, CR, also split over pieces). */
export class LineCutter {
  #pending: string[] = [];
  #pendingLength = 0;
  #afterReturn = false;

  /** Characters of the line that is not over yet. Whoever feeds sees to it that they do not become too many. */
  get pendingLength(): number {
    return this.#pendingLength;
  }

  /** The lines that `text` completes. */
  feed(text: string): readonly string[] {
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
    return lines;
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
