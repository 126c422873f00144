import { readdirSync, readFileSync } from 'node:fs';

/** CPU time the process has used so far in all its threads, in microseconds (from the scheduler, in nanoseconds there). */
export function cpuMicroseconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // A thread that has just ended.
      return 0;
    }
  });
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1_000;
}

/** Proportional set size in kB: its own memory and its share of what it shares. */
export const pssKilobytes = (pid: number): number => rollup(pid, 'Pss');

/** The part of it in kB that is no file's. */
export const ownKilobytes = (pid: number): number => rollup(pid, 'Pss_Anon');

function rollup(pid: number, field: string): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(
    readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'),
  );
  if (line?.[1] === undefined) throw new Error(`no ${field} of process ${pid}`);
  return Number(line[1]);
}

/** Children of a process, by their order of start. */
export function childrenOf(parent: number): readonly number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8');
  return children.trim().split(' ').filter(Boolean).map(Number);
}
