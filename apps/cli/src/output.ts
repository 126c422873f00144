import { createStyle, type Style, wantsColour } from './style.ts';
import type { Terminal } from './terminal.ts';

/** Where a command says things: results on stdout, everything else on stderr, nothing but JSON under `--json`. */
export interface Output {
  readonly json: boolean;
  /** Somebody looks at stdout: align, shorten and colour. */
  readonly interactive: boolean;
  /** Width of stdout in characters; undefined: do not shorten. */
  readonly width: number | undefined;
  /** For what goes to stdout. */
  readonly style: Style;
  /** For what goes to stderr. */
  readonly noteStyle: Style;
  /** Part of the result, as it is. */
  text(text: string): void;
  /** A line of the result. */
  line(text: string): void;
  /** The result, or one record of a stream, as one line of JSON. */
  record(value: unknown): void;
  /** A line beside the result; silent under `--json`. */
  note(text: string): void;
  /** Part of a line beside the result, as it is; silent under `--json`. */
  aside(text: string): void;
}

export function createOutput(terminal: Terminal, json: boolean): Output {
  const { stdout, stderr, env } = terminal;
  const interactive = stdout.isTTY === true && !json;
  const aside = (text: string): void => {
    if (!json) stderr.write(text);
  };
  return {
    json,
    interactive,
    width: interactive ? stdout.columns : undefined,
    style: createStyle(!json && wantsColour({ isTTY: interactive, env })),
    noteStyle: createStyle(!json && wantsColour({ isTTY: stderr.isTTY === true, env })),
    text: (text) => void stdout.write(text),
    line: (text) => void stdout.write(`${text}\n`),
    record: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    note: (text) => aside(`${text}\n`),
    aside,
  };
}
