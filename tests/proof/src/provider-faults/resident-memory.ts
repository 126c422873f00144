import { readFileSync } from 'node:fs';

/** Watches how much memory a process holds, until it is told to stop. */
export interface MemoryWatch {
  /** Most MiB seen. */
  stop(): number;
}

const EVERY_MS = 25;
const MIB = 2 ** 20;

export function watchMemory(pid: number): MemoryWatch {
  let most = residentMib(pid);
  const timer = setInterval(() => {
    most = Math.max(most, residentMib(pid));
  }, EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return most;
    },
  };
}

/** Memory of its own: its code is shared with every other Node and counts for nobody. 0: the process is gone. */
export function residentMib(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const [anonymous] = /(?<=RssAnon:\s+)\d+(?= kB)/.exec(status) ?? ['0'];
    return (Number(anonymous) * 1024) / MIB;
  } catch {
    return 0;
  }
}
