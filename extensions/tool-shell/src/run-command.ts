import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { JsonValue, Tool, ToolContext, ToolResult } from '@dispatch/extension-api';
import { approval } from './approval.ts';
import { DEFAULT_TIMEOUT_MS, LONGEST_TIMEOUT_MS, Refusal, readCommand } from './command.ts';
import { commandEnvironment } from './command-environment.ts';
import { COMMAND_VARIABLE } from './command-processes.ts';
import type { CommandRecords } from './command-records.ts';
import { type Ended, runProcess } from './run-process.ts';

export const RUN_COMMAND = 'run-command';

/** Commands of this process that run. */
export type RunningCommands = Set<{ readonly end: () => void; readonly over: Promise<unknown> }>;

/** The tool `run-command`: one program with its arguments, in the conversation's working directory. */
export function runCommand(records: CommandRecords, running: RunningCommands): Tool {
  return {
    name: RUN_COMMAND,
    description:
      'Runs a program in the working directory and returns its exit code and what it wrote. There is no shell: for pipes, variables or several commands run ' +
      '["sh", "-c", "…"]. Nothing it starts lives on after it. Long output is kept at its beginning and its end.',
    inputSchema: {
      type: 'object',
      properties: {
        command: {
          type: 'array',
          items: { type: 'string' },
          minItems: 1,
          description: 'The program and its arguments, such as ["git", "status", "--short"].',
        },
        stdin: { type: 'string', description: 'What it reads. Leave it out for nothing.' },
        timeoutMs: {
          type: 'integer',
          minimum: 1,
          maximum: LONGEST_TIMEOUT_MS,
          description: `Milliseconds until it is ended. Leave it out for ${DEFAULT_TIMEOUT_MS}.`,
        },
      },
      required: ['command'],
      additionalProperties: false,
    },
    approval,
    execute: (input, context) => execute(input, context, records, running),
  };
}

async function execute(
  input: JsonValue,
  context: ToolContext,
  records: CommandRecords,
  running: RunningCommands,
): Promise<ToolResult> {
  const { cwd, onOutput, signal } = context;
  try {
    const command = readCommand(input);
    const directory = await usable(cwd);
    const id = randomBytes(16).toString('hex');
    await recorded(records, id);
    const ending = new AbortController();
    const env = { ...commandEnvironment(directory), [COMMAND_VARIABLE]: id };
    let recording: Promise<void> = Promise.resolve();
    const run = runProcess({
      ...{ id, command, cwd: directory, env, onOutput },
      signal: AbortSignal.any([signal, ending.signal]),
      onStarted: (mark) => {
        recording = records.runs(mark);
      },
    });
    const over = run
      .catch(() => {})
      .then(() => recording)
      .then(() => records.over(id));
    const entry = { end: () => ending.abort(), over };
    running.add(entry);
    try {
      const ended = await run;
      signal.throwIfAborted();
      return result(ended, command.timeoutMs);
    } finally {
      await over;
      running.delete(entry);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { content: `Nothing was run. ${error.message}`, isError: true };
  }
}

async function usable(cwd: string | undefined): Promise<string> {
  if (cwd === undefined) {
    throw new Refusal(
      'This conversation has no working directory to run it in. Its owner sets one with PUT /conversations/:id/cwd.',
    );
  }
  if (!isAbsolute(cwd)) throw new Refusal(`The working directory “${cwd}” is no absolute path.`);
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new Refusal(`The working directory “${cwd}” is not there.`);
  return cwd;
}

/** What the death of this process would leave behind has to be found by the next one; what cannot be recorded is not begun. */
async function recorded(records: CommandRecords, id: string): Promise<void> {
  await records.begins(id).catch(() => {
    throw new Refusal('Nothing can be stored just now, and a command that is not recorded is not run.');
  });
}

function result(ended: Ended, timeoutMs: number): ToolResult {
  const { stdout, stderr, leftBehind } = ended;
  const notes = [
    how(ended, timeoutMs),
    ...(leftBehind === 0 ? [] : [`Processes it left running were ended: ${leftBehind}.`]),
    ...(stdout === '' && stderr === '' ? ['It wrote nothing.'] : []),
  ];
  const content = [
    notes.join(' '),
    ...(stdout === '' ? [] : [`stdout:\n${stdout}`]),
    ...(stderr === '' ? [] : [`stderr:\n${stderr}`]),
  ].join('\n\n');
  return { content, isError: ended.code !== 0 || ended.ended !== undefined };
}

/** Neither exit code nor signal: the system does not let go of it. */
const LOST = 'and may still be there, since not even SIGKILL ended it';

function how({ code, signal, ended }: Ended, timeoutMs: number): string {
  const end = code !== null ? `with exit code ${code}` : signal !== null ? `by the signal ${signal}` : LOST;
  if (ended === 'timeout') return `It was ended after ${timeoutMs} ms, its time limit, ${end}.`;
  if (ended === 'output') return `It was ended because it wrote more than 64 MiB, ${end}.`;
  if (ended === 'aborted') return `It was ended because Dispatch is ending, ${end}.`;
  return `It ended ${end}.`;
}
