import { allProcesses, hasVariable, type ProcessFacts, processFacts } from './process-table.ts';

/** In the environment of every command: its id. Whoever a command starts has it, too, also in a process group of their own. */
export const COMMAND_VARIABLE = 'TOOL_COMMAND_ID';

/** How long the processes of a command have between SIGTERM and SIGKILL. */
const GRACE_MS = 1_000;
const LOOK_MS = 50;
/** How long it is waited for what even SIGKILL does not end at once. */
const KILL_MS = 1_000;

/** What is known of a command's processes. */
export interface CommandMark {
  /** The value of {@link COMMAND_VARIABLE}. */
  readonly id: string;
  /** Number of the process that was started first, and of its group. */
  readonly pid: number;
  /** Ticks; see {@link ProcessFacts}. Absent: not known. */
  readonly startedAt?: number;
}

/** Processes of a command that run: those of its group, and those with its id in their environment. */
export function processesOf(mark: CommandMark): readonly ProcessFacts[] {
  const { id, pid, startedAt = 0 } = mark;
  return allProcesses().filter(
    (one) =>
      one.startedAt >= startedAt &&
      one.pid !== process.pid &&
      (one.group === pid || hasVariable(one.pid, COMMAND_VARIABLE, id)),
  );
}

/** Ends all processes of a command: SIGTERM, a second later SIGKILL. Resolves when none is left with how many there were at first. Never rejects. */
export async function endProcesses(mark: CommandMark, graceMs: number = GRACE_MS): Promise<number> {
  const first = alive(mark);
  if (first === 0) return 0;
  signal(mark, 'SIGTERM');
  for (let waited = 0; waited < graceMs; waited += LOOK_MS) {
    await pause(LOOK_MS);
    if (alive(mark) === 0) return first;
  }
  for (let waited = 0; waited < KILL_MS; waited += LOOK_MS) {
    // Again each time: one may have been about to start another.
    signal(mark, 'SIGKILL');
    await pause(LOOK_MS);
    if (alive(mark) === 0) break;
  }
  return first;
}

function alive(mark: CommandMark): number {
  if (process.platform === 'linux') return processesOf(mark).length;
  return send(-mark.pid, 0) ? 1 : 0;
}

function signal(mark: CommandMark, name: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform !== 'linux') {
    send(-mark.pid, name);
    return;
  }
  const found = processesOf(mark);
  // The group at once, so that none of it gets away while others are hit. Its number is taken while there is one of it, so it is nobody else's.
  if (found.some(({ group }) => group === mark.pid)) send(-mark.pid, name);
  for (const { pid, group, startedAt } of found) {
    if (group !== mark.pid && processFacts(pid)?.startedAt === startedAt) send(pid, name);
  }
}

/** Whether there was somebody to send it to. */
function send(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
