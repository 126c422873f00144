import { type ToolApproval, visibleText } from '@dispatch/extension-api';
import { Refusal, readCommand } from './command.ts';
import { commandLine } from './command-line.ts';

/** No command is written like this, so a grant for it covers nothing. */
const NO_COMMAND = '(no command)';

/**
 * Programs that only print, whatever they are told: none of them runs another program, writes a file or reaches the network. Everything else can be talked
 * into anything (`git -c`, `find -exec`, `sort -o`, `env`, `make`), shells and interpreters first of all.
 */
const ONLY_PRINTS: ReadonlySet<string> = new Set([
  ...[
    'basename',
    'cat',
    'cmp',
    'df',
    'dirname',
    'du',
    'echo',
    'false',
    'grep',
    'head',
    'id',
    'ls',
    'nl',
    'od',
  ],
  ...[
    'printf',
    'pwd',
    'readlink',
    'realpath',
    'seq',
    'sleep',
    'stat',
    'tail',
    'true',
    'uname',
    'wc',
    'whoami',
  ],
]);

/** A line longer than this says first how long it is, so that whoever sees a part of it knows. */
const LONG = 400;

/** What a person reads before a command runs. */
export const approval: ToolApproval = {
  summary(input) {
    try {
      const line = commandLine(readCommand(input));
      return line.length > LONG ? `(${line.length} characters in all) ${line}` : line;
    } catch (error) {
      const why = error instanceof Refusal ? error.message : 'it cannot be read.';
      return visibleText(`Run a command, which will be refused: ${why}`);
    }
  },
  /** The exact command, with its input; for a program that only prints its name and `…`, a word no command line has unquoted. */
  pattern(input) {
    try {
      const command = readCommand(input);
      return ONLY_PRINTS.has(command.program) ? `${command.program} …` : commandLine(command);
    } catch {
      return NO_COMMAND;
    }
  },
};
