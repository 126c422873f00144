import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./foreign-main.ts', import.meta.url));

/** Another process over the database of a data directory. */
export interface ForeignProcess {
  /** Holds the write lock, or a state to read from. Resolves when it does; `free` resolves when it does no more. */
  hold(what: 'write' | 'read', ms: number): Promise<{ readonly free: Promise<void> }>;
  end(): Promise<void>;
}

export function createForeignProcess(dataDir: string): ForeignProcess {
  const node = ['--conditions=@dispatch/source', '--import', 'tsx', MAIN];
  const child = spawn(process.execPath, [...node, join(dataDir, 'dispatch.db')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (wanted: string) => {
    const { value } = await lines.next();
    if (value !== wanted) throw new Error(`the foreign process said ${value}, not ${wanted}`);
  };
  return {
    async hold(what, ms) {
      child.stdin.write(`${what} ${ms}\n`);
      await next('held');
      return { free: next('free') };
    },
    end() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}
