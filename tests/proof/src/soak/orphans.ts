import type { DispatchProcesses } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';

/** A drain takes ten seconds at most. */
const END_MS = 30_000;

/** The supervisor dies, and with it every pipe to its processes: they end by themselves. */
export async function orphan({ kernel, gateway }: DispatchProcesses, attack: Attack): Promise<void> {
  const all = { gateway, kernel };
  for (const { child } of Object.values(all)) {
    if (child.connected) child.disconnect();
    for (const pipe of child.stdio) pipe?.destroy();
  }
  for (const [name, { child }] of Object.entries(all)) {
    if (!(await ended(child))) {
      attack.violation(`L3: the ${name} goes on without its supervisor`);
      child.kill('SIGKILL');
    }
    attack.count('orphans');
  }
}

function ended(child: DispatchProcesses['kernel']['child']): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(true);
  return new Promise((resolve) => {
    const limit = setTimeout(() => resolve(false), END_MS);
    child.once('exit', () => {
      clearTimeout(limit);
      resolve(true);
    });
  });
}
