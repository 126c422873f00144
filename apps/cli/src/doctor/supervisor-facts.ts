import { readFileSync } from 'node:fs';

/** Who starts the kernel again when it dies. */
export type SupervisorFacts =
  | { readonly state: 'nothing-runs' }
  /** The system does not tell. */
  | { readonly state: 'unknown' }
  | { readonly state: 'up'; readonly pid: number }
  /** Some other process started it. */
  | { readonly state: 'other'; readonly pid: number; readonly name: string };

/** From the parent of the process that holds the lock, as Linux lists it. */
export function supervisorFacts(
  lock: { readonly held: boolean; readonly pid?: number } | null,
): SupervisorFacts {
  if (lock === null || !lock.held) return { state: 'nothing-runs' };
  if (lock.pid === undefined) return { state: 'unknown' };
  try {
    const pid = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${lock.pid}/status`, 'utf8'))?.[1]);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const isUp =
      command.some((part) => /\bcli\/(dist|src)\/main\.[jt]s$/.test(part)) && command.includes('up');
    if (isUp) return { state: 'up', pid };
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    return { state: 'other', pid, name };
  } catch {
    return { state: 'unknown' };
  }
}
