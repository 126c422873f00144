import type { TextSink } from '../terminal.ts';
import { lengthOf } from './layout.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: what colours text takes no room
const COLOUR = /\u001b\[[0-9;]*m/g;

/** Lines at the end of a terminal that are drawn anew in their place. */
export class LiveBlock {
  readonly #stdout: TextSink;
  #shown: readonly string[] = [];

  constructor(stdout: TextSink) {
    this.#stdout = stdout;
  }

  /** Width to draw in, in characters; it follows the terminal's. */
  get width(): number {
    return this.#stdout.columns ?? 80;
  }

  /** Replaces what is shown. Where the screen is too low for all of it, the end is left out. */
  draw(lines: readonly string[]): void {
    const room = Math.max(2, (this.#stdout.rows ?? 1_000) - 1);
    this.#replace(lines.length > room ? [...lines.slice(0, room - 1), '… (more when you leave)'] : lines);
  }

  /** Replaces what is shown for the last time: all of it, however low the screen is. */
  finish(lines: readonly string[]): void {
    this.#replace(lines);
  }

  #replace(lines: readonly string[]): void {
    if (lines.join('\n') === this.#shown.join('\n')) return;
    // What is shown may have been broken anew by a terminal that became narrower.
    const height = this.#shown.reduce((sum, line) => sum + this.#heightOf(line), 0);
    const up = height === 0 ? '' : `\u001b[${height}A\r\u001b[J`;
    this.#stdout.write(`${up}${lines.join('\n')}\n`);
    this.#shown = lines;
  }

  #heightOf(line: string): number {
    return Math.max(1, Math.ceil(lengthOf(line.replace(COLOUR, '')) / this.width));
  }
}
