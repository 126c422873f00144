import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { ToolContext } from '@dispatch/extension-api';
import { type Command, Refusal } from './command.ts';
import { type CommandMark, endProcesses } from './command-processes.ts';
import { KeptOutput } from './kept-output.ts';
import { liveOutput } from './live-output.ts';
import { processFacts } from './process-table.ts';

/** Bytes a command may write. Reading more costs the kernel time that others need. */
const MOST_OUTPUT = 67_108_864;
/** How long output is waited for that somebody outside the command's processes could still write. */
const OUTPUT_MS = 500;

/** How a command ended. */
export interface Ended {
  /** Null: by a signal. Both null: it is not known to have ended. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it was not left to end by itself. Absent: it was. */
  readonly ended?: 'timeout' | 'output' | 'aborted';
  /** How many processes it left behind, which were ended. */
  readonly leftBehind: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunProcessRequest {
  readonly id: string;
  readonly command: Command;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onOutput: ToolContext['onOutput'];
  /** Told of the process as soon as it is there. */
  readonly onStarted: (mark: CommandMark) => void;
}

/**
 * Runs one command in a process group of its own, without a shell and without a terminal. When it resolves no process of it is left that could be found.
 * Throws {@link Refusal} when it cannot be started.
 */
export async function runProcess(request: RunProcessRequest): Promise<Ended> {
  const { id, command, cwd, env, signal, onStarted } = request;
  const { program, args, stdin, timeoutMs } = command;
  const input = stdin === undefined ? 'ignore' : 'pipe';
  const child = spawn(program, args, { cwd, env, detached: true, stdio: [input, 'pipe', 'pipe'] });
  const { pid } = child;
  if (pid === undefined) throw await whyNotStarted(child, program);
  const startedAt = processFacts(pid)?.startedAt;
  const mark: CommandMark = { id, pid, ...(startedAt === undefined ? {} : { startedAt }) };
  onStarted(mark);

  let ended: Ended['ended'];
  let ending: Promise<unknown> | undefined;
  let onGivenUp = () => {};
  const end = (why: NonNullable<Ended['ended']>) => {
    ended ??= why;
    // What not even SIGKILL ends is not waited for.
    ending ??= endProcesses(mark).then(() => setTimeout(() => onGivenUp(), OUTPUT_MS));
  };
  const onAbort = () => end('aborted');
  const timer = setTimeout(() => end('timeout'), timeoutMs);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  // It may end without having read its input.
  child.stdin?.on('error', () => {});
  child.stdin?.end(stdin);
  const output = readOutput(child, request.onOutput, () => end('output'));
  const [code, endSignal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('exit', (...how) => resolve(how));
    onGivenUp = () => resolve([null, null]);
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', onAbort);
  const leftBehind = ended === undefined ? await endProcesses(mark) : 0;
  await ending;
  await output.over();
  return {
    code,
    signal: endSignal,
    leftBehind,
    ...(ended === undefined ? {} : { ended }),
    stdout: output.stdout.text(),
    stderr: output.stderr.text(),
  };
}

function readOutput(child: ChildProcess, onOutput: ToolContext['onOutput'], onFlood: () => void) {
  const kept = { stdout: new KeptOutput(), stderr: new KeptOutput() };
  const live = liveOutput(onOutput);
  let bytes = 0;
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = child[name];
    if (stream === null) throw new Error('Both streams are pipes.');
    const decoder = new StringDecoder('utf8');
    const take = (text: string) => {
      if (text === '') return;
      kept[name].add(text);
      live(text, name);
    };
    stream.on('data', (data: Buffer) => {
      bytes += data.length;
      if (bytes > MOST_OUTPUT) {
        // Whoever still writes meets a closed pipe.
        stream.destroy();
        onFlood();
      } else take(decoder.write(data));
    });
    stream.once('close', () => take(decoder.end()));
    stream.on('error', () => {});
  }
  return {
    ...kept,
    /** Resolves when all of it is read, at the latest after a while. */
    async over(): Promise<void> {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, OUTPUT_MS);
      });
      await Promise.race([closed, late]);
      clearTimeout(timer);
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  };
}

async function whyNotStarted(child: ChildProcess, program: string): Promise<Refusal> {
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => child.once('error', resolve));
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: `There is no program “${program}”.`,
    EACCES: `“${program}” is nothing that can be run.`,
    E2BIG: 'The command is too long for the system.',
    EAGAIN: 'The system takes no more processes.',
    ENOMEM: 'There is no memory left to start it.',
  };
  return new Refusal(reasons[error.code ?? ''] ?? `It could not be started (${error.code}).`);
}
