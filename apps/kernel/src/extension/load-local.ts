import { readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Extension } from '@dispatch/extension-api';
import type { Clock } from '../ports.ts';
import { withinTime } from '../within-time.ts';

/** A module that takes longer counts as broken. */
const LOAD_MS = 10_000;

/** An extension from a path, or why there is none. */
export type LocalExtension =
  /** `root`: the folder its own code lies in, or the one file it is. */
  | { readonly root: string; readonly extension: Extension }
  | { readonly name: string; readonly reason: string };

/**
 * Loads an extension from a path the operator configured: a folder with a package.json (its `exports` or `main` is imported) or one JavaScript file. The
 * module exports `extension`, by that name or as its default. Never throws: whatever is wrong with it is its reason.
 */
export async function loadLocal(path: string, clock: Clock): Promise<LocalExtension> {
  const name = basename(path);
  try {
    // A module may wait for something that never comes.
    const module: unknown = await withinTime(clock, LOAD_MS, () => import(pathToFileURL(entryOf(path)).href));
    const extension = exportOf(module);
    if (extension === undefined) return { name, reason: `${path} exports no "extension"` };
    return { root: realpathSync(path), extension };
  } catch (error) {
    return { name, reason: `${path} cannot be loaded: ${reasonOf(error)}` };
  }
}

function entryOf(path: string): string {
  if (!statSync(path).isDirectory()) return path;
  const manifest: unknown = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const packageName = (manifest as { readonly name?: unknown } | null)?.name;
  const require = createRequire(join(path, 'package.json'));
  // A package may name itself only when it has `exports`; otherwise its folder has a `main` or an index.
  if (
    typeof packageName === 'string' &&
    typeof manifest === 'object' &&
    manifest !== null &&
    'exports' in manifest
  ) {
    return require.resolve(packageName);
  }
  return require.resolve(path);
}

function exportOf(module: unknown): Extension | undefined {
  const { extension, default: byDefault } = module as {
    readonly extension?: unknown;
    readonly default?: unknown;
  };
  for (const candidate of [
    extension,
    byDefault,
    (byDefault as { extension?: unknown } | undefined)?.extension,
  ]) {
    if (
      typeof candidate === 'object' &&
      candidate !== null &&
      'activate' in candidate &&
      'manifest' in candidate
    ) {
      return candidate as Extension;
    }
  }
  return undefined;
}

/** The first line: what follows it are stacks and lists of paths. */
function reasonOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException)?.code === 'ENOENT') return 'there is nothing at this path';
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').slice(0, 300);
}
