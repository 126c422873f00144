import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlantedBug } from '../harness.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const LIMIT_MS = 8 * 60_000;

/** Makes the mistake in a copy of this checkout, builds it and runs the harness there. True: the harness failed, as it must. */
export async function runPlanted(
  harness: string,
  bug: PlantedBug,
  { seed, write }: { readonly seed: number; write(line: string): void },
): Promise<boolean> {
  write(`\n── planted for ${harness}: ${bug.mistake}`);
  const copy = mkdtempSync(join(tmpdir(), 'dispatch-planted-'));
  try {
    copyCheckout(copy);
    const file = join(copy, bug.file);
    const parts = readFileSync(file, 'utf8').split(bug.find);
    if (parts.length !== 2)
      throw new Error(`${bug.file} holds the text to replace ${parts.length - 1} times`);
    writeFileSync(file, parts.join(bug.replace));
    const build = run(copy, 'node_modules/.bin/tsc', ['-b', 'apps/cli', 'apps/gateway', 'apps/kernel']);
    if (build.status !== 0) throw new Error(`the copy does not build:\n${build.output}`);
    const node = ['--conditions=@dispatch/source', '--import', 'tsx', 'tests/proof/src/main.ts'];
    const proof = run(copy, process.execPath, [...node, harness, '--seed', String(seed)]);
    const caught = proof.status === 1 && proof.output.includes(`── ${harness}: FAILED`);
    const said = proof.output.split('\n').filter((line) => line.startsWith('   ✗'));
    write(caught ? said.slice(0, 3).join('\n') : proof.output.trimEnd());
    write(`── planted for ${harness}: ${caught ? 'caught' : 'NOT CAUGHT'}`);
    return caught;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Packages see each other's copies, since their links are relative; what comes from the registry is shared. */
function copyCheckout(copy: string): void {
  for (const entry of readdirSync(root)) {
    if (entry === '.git' || entry === 'node_modules') continue;
    cpSync(join(root, entry), join(copy, entry), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

function run(cwd: string, command: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, output: `${stdout}${stderr}` };
}
