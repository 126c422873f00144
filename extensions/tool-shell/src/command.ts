import type { JsonValue } from '@dispatch/extension-api';

/** A command as a model wants it. */
export interface Command {
  /** A name to look up in PATH, or a path. */
  readonly program: string;
  readonly args: readonly string[];
  /** What the command reads. Absent: nothing. */
  readonly stdin?: string;
  /** Milliseconds it may run. */
  readonly timeoutMs: number;
}

/** Why a command is not run, in a sentence for the model. */
export class Refusal extends Error {}

export const DEFAULT_TIMEOUT_MS = 120_000;
export const LONGEST_TIMEOUT_MS = 600_000;
const MOST_WORDS = 1_000;
/** Characters of all words, and of the input. A person reads all of it before it runs. */
export const LONGEST_COMMAND = 32_768;
export const LONGEST_INPUT = 65_536;

/** Reads the arguments of a call. Throws {@link Refusal} for those that make no command. */
export function readCommand(input: JsonValue): Command {
  const { command, stdin, timeoutMs = DEFAULT_TIMEOUT_MS } = Object(input) as Record<string, unknown>;
  if (!Array.isArray(command) || command.length === 0 || !command.every((word) => typeof word === 'string')) {
    throw new Refusal('command must be a list of texts, the program first. There is no shell around it.');
  }
  const words: readonly string[] = command;
  const [program = '', ...args] = words;
  if (program.trim() === '') throw new Refusal('command must begin with the name of a program.');
  if (words.length > MOST_WORDS) throw new Refusal(`command has more than ${MOST_WORDS} words.`);
  if (words.join(' ').length > LONGEST_COMMAND) {
    throw new Refusal(`command has more than ${LONGEST_COMMAND} characters.`);
  }
  if (words.some((word) => /\0|\p{Surrogate}/u.test(word))) {
    throw new Refusal('command has a null character or is no valid Unicode.');
  }
  if (stdin !== undefined && (typeof stdin !== 'string' || /\0|\p{Surrogate}/u.test(stdin))) {
    throw new Refusal('stdin must be a text without null characters.');
  }
  if (stdin !== undefined && stdin.length > LONGEST_INPUT) {
    throw new Refusal(`stdin has more than ${LONGEST_INPUT} characters; write a file instead.`);
  }
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 1 && timeoutMs <= LONGEST_TIMEOUT_MS)) {
    throw new Refusal(`timeoutMs must be a number from 1 to ${LONGEST_TIMEOUT_MS}.`);
  }
  return { program, args, timeoutMs, ...(stdin === undefined ? {} : { stdin }) };
}
