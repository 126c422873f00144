import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Whether what runs is what the sources say. */
export interface BuiltFacts {
  /** The sources are here. Otherwise it was installed built, and nothing can be stale. */
  readonly isClone: boolean;
  /** Folders that have sources and were never built, or whose entry is gone. */
  readonly missing: readonly string[];
  /** Folders with a source that is not the one they were built from, and that source. */
  readonly stale: readonly { readonly folder: string; readonly source: string }[];
}

const GROUPS = ['packages', 'apps', 'extensions'];
const PROCESSES = /^apps\//;

/** Compares contents, not times: a checkout touches files that are as they were. */
export function builtFacts(root: string): BuiltFacts {
  const folders = foldersThatRun(root);
  const missing: string[] = [];
  const stale: { folder: string; source: string }[] = [];
  for (const folder of folders) {
    const src = join(root, folder, 'src');
    const dist = join(root, folder, 'dist');
    if (!hasOutput(dist)) {
      missing.push(folder);
      continue;
    }
    const isStale = (file: string): boolean =>
      builtFrom(dist, relative(src, file)) !== readFileSync(file, 'utf8');
    const source = sourcesOf(src).find(isStale);
    if (source !== undefined) stale.push({ folder, source: relative(root, source) });
  }
  return { isClone: folders.length > 0, missing, stale };
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Folders with sources that the processes are made of, by what each depends on; nothing that only tests use. */
function foldersThatRun(root: string): readonly string[] {
  const manifests = new Map<string, { readonly folder: string; readonly manifest: Manifest }>();
  for (const group of GROUPS.filter((name) => existsSync(join(root, name)))) {
    for (const name of readdirSync(join(root, group))) {
      const folder = `${group}/${name}`;
      const path = join(root, folder, 'package.json');
      if (!existsSync(path) || !existsSync(join(root, folder, 'src'))) continue;
      const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
      manifests.set(manifest.name, { folder, manifest });
    }
  }
  const found = new Set([...manifests.values()].filter(({ folder }) => PROCESSES.test(folder)));
  // A set is walked together with what is added on the way.
  for (const { manifest } of found) {
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      const dependency = manifests.get(name);
      if (dependency !== undefined) found.add(dependency);
    }
  }
  return [...found].map(({ folder }) => folder).sort();
}

function hasOutput(dist: string): boolean {
  return existsSync(dist) && readdirSync(dist).some((name) => name.endsWith('.js'));
}

/** The source that the output was made of, as its source map holds it. Undefined: there is none. */
function builtFrom(dist: string, source: string): string | undefined {
  try {
    const map = readFileSync(join(dist, source.replace(/\.ts$/, '.js.map')), 'utf8');
    return (JSON.parse(map) as { readonly sourcesContent?: readonly string[] }).sourcesContent?.[0];
  } catch {
    return undefined;
  }
}

/** What goes into a build: neither tests nor what only they use. */
function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('__fixtures__'))
    .sort();
}
