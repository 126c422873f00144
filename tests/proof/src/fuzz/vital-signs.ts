import { readdirSync, readFileSync } from 'node:fs';
import type { ManagedProcess } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';

const SAMPLE_MS = 100;
const SETTLE_MS = 15_000;
/** What a runtime opens when it likes, and the connection that a request just now left behind. */
const SPARE_DESCRIPTORS = 4;

/** Lines of a log that are shown. */
const MOST_LINES = 3;

export interface VitalSigns {
  /** False once the process has ended. */
  isAlive(): boolean;
  /** Tells what an attack left behind, after descriptors had time to be closed. */
  check(attack: Attack, mostMib: number): Promise<void>;
}

/** Watches a process from outside: whether it lives, the most memory it held, and the descriptors it has open. */
export function watchVitalSigns(name: string, process: ManagedProcess): VitalSigns {
  const { pid } = process;
  let alive = true;
  let peakKib = 0;
  const descriptorsBefore = descriptors(pid);
  const sample = setInterval(() => {
    peakKib = Math.max(peakKib, residentKib(pid));
  }, SAMPLE_MS);
  void process.exited.then(() => {
    alive = false;
  });
  return {
    isAlive: () => alive,
    check: async (attack, mostMib) => {
      clearInterval(sample);
      if (!alive) {
        attack.violation(`L4: the ${name} died: ${process.output().slice(-1_500)}`);
        return;
      }
      const deadline = performance.now() + SETTLE_MS;
      let open = descriptors(pid);
      while (open > descriptorsBefore + SPARE_DESCRIPTORS && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        open = descriptors(pid);
      }
      for (const line of errorsIn(process.output()).slice(0, MOST_LINES)) {
        attack.violation(`L4: the ${name} logs a failure of its own: ${line.slice(0, 600)}`);
      }
      const peakMib = Math.round(peakKib / 1024);
      attack.note(`${name}: at most ${peakMib} MiB, descriptors ${descriptorsBefore} before, ${open} after`);
      if (open > descriptorsBefore + SPARE_DESCRIPTORS) {
        attack.violation(`L4: the ${name} keeps ${open} descriptors, ${descriptorsBefore} before`);
      }
      if (peakMib > mostMib)
        attack.violation(`L1: the ${name} held ${peakMib} MiB, at most ${mostMib} wanted`);
    },
  };
}

/** Lines of a log that say error or worse: what came from outside is never that. */
function errorsIn(log: string): readonly string[] {
  return log.split('\n').filter((line) => /"level":(50|60)\b/.test(line));
}

function residentKib(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    // It has just ended; the exit itself is told elsewhere.
    return 0;
  }
}

function descriptors(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}
