import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repositoryFiles, root } from './repository.ts';

/** A copy of this checkout in which rules can be broken. Its packages see each other's copies. */
export interface TemporaryCheckout {
  write(file: string, text: string): void;
  remove(file: string): void;
  /** Runs one of the repository's tools in the copy. */
  run(tool: string, args: readonly string[]): { readonly status: number | null; readonly output: string };
  dispose(): void;
}

export function createTemporaryCheckout(): TemporaryCheckout {
  const copy = mkdtempSync(join(tmpdir(), 'dispatch-house-'));
  for (const file of repositoryFiles()) cpSync(join(root, file), join(copy, file));
  linkModules(copy, '');
  for (const group of ['packages', 'apps', 'extensions', 'tests']) {
    for (const name of readdirSync(join(root, group))) linkModules(copy, join(group, name));
  }
  return {
    write: (file, text) => {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      writeFileSync(join(copy, file), text);
    },
    remove: (file) => rmSync(join(copy, file), { recursive: true, force: true }),
    run: (tool, args) => {
      const bin = join(root, 'node_modules/.bin', tool);
      const { status, stdout, stderr } = spawnSync(bin, args, { cwd: copy, encoding: 'utf8' });
      return { status, output: `${stdout}\n${stderr}` };
    },
    dispose: () => rmSync(copy, { recursive: true, force: true }),
  };
}

function linkModules(copy: string, folder: string): void {
  const modules = join(root, folder, 'node_modules');
  if (!existsSync(modules)) return;
  for (const entry of readdirSync(modules)) {
    if (entry.startsWith('.')) continue;
    const names = entry.startsWith('@')
      ? readdirSync(join(modules, entry)).map((name) => join(entry, name))
      : [entry];
    for (const name of names) {
      const real = realpathSync(join(modules, name));
      const target = real.startsWith(join(root, 'node_modules')) ? real : join(copy, real.slice(root.length));
      const link = join(copy, folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(target, link);
    }
  }
}
