import { readdirSync, readFileSync } from 'node:fs';

/** A process that runs, as Linux tells it. */
export interface ProcessFacts {
  readonly pid: number;
  readonly group: number;
  /** Ticks since the machine started at which it began. With `pid` it names one process for as long as the machine runs. */
  readonly startedAt: number;
}

/** Undefined: it is over, or this is no Linux. What is dead and only waits to be collected counts as over. */
export function processFacts(pid: number): ProcessFacts | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The name of the program stands in parentheses and may have anything in it.
  const [state, , group, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  if (state === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, group: Number(group), startedAt: Number(rest[16]) };
}

/** Every process of the machine that can be seen; none where nobody tells. */
export function allProcesses(): readonly ProcessFacts[] {
  let names: readonly string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const facts = /^\d+$/.test(name) ? processFacts(Number(name)) : undefined;
    return facts === undefined ? [] : [facts];
  });
}

/** Whether the process was started with this variable in its environment. False where that cannot be read. */
export function hasVariable(pid: number, name: string, value: string): boolean {
  return `\0${read(`/proc/${pid}/environ`) ?? ''}`.includes(`\0${name}=${value}\0`);
}

/** Changes with each start of the machine. Empty where nobody tells. */
export function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
