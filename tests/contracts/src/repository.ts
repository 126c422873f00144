import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this checkout. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The contracts whose base is frozen, and the version it is frozen at. */
export const base = { wire: '0.6.0', 'ui-contract': '0.2.0', 'transport-contract': '0.9.0' } as const;

export const contracts = Object.keys(base) as readonly (keyof typeof base)[];

export const readText = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Files below a folder of the checkout, relative to the root, in order. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();
}

/** Runs one of the repository's tools. */
export function runTool(
  tool: string,
  args: readonly string[],
  cwd: string = root,
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', tool), args, {
    cwd,
    encoding: 'utf8',
  });
  return { status, output: `${stdout}\n${stderr}` };
}
