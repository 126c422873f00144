import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** Whether what runs is what the sources say. */
export interface BuiltFacts {
  /** The sources are here. Otherwise it was installed built, and nothing can be stale. */
  readonly isClone: boolean;
  /** Folders that have sources and were never built, or whose entry is gone. */
  readonly missing: readonly string[];
  /** Folders with a source that is not the one they were built from, and that source. */
  readonly stale: readonly { readonly folder: string; readonly source: string }[];
}

/** What the compiler remembers of its last run. */
interface BuildInfo {
  readonly fileNames: readonly string[];
  readonly fileInfos: readonly (string | { readonly version: string })[];
}

const GROUPS = ['packages', 'apps', 'extensions'];
const PROCESSES = /^apps\//;
const SHA256 = /^[0-9a-f]{64}$/;

/** Compares contents where it can, not times: a checkout touches files that are as they were. */
export function builtFacts(root: string): BuiltFacts {
  const folders = foldersThatRun(root);
  const missing: string[] = [];
  const stale: { folder: string; source: string }[] = [];
  for (const folder of folders) {
    const dist = join(root, folder, 'dist');
    const known = hashesOf(dist);
    if (known === undefined) {
      missing.push(folder);
      continue;
    }
    const builtAt = statSync(join(dist, '.tsbuildinfo')).mtimeMs;
    const source = sourcesOf(join(root, folder, 'src')).find((file) =>
      isOther(file, known.get(file), builtAt),
    );
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

/** By absolute path of the source. Undefined: not built. */
function hashesOf(dist: string): ReadonlyMap<string, string> | undefined {
  try {
    const { fileNames, fileInfos } = JSON.parse(
      readFileSync(join(dist, '.tsbuildinfo'), 'utf8'),
    ) as BuildInfo;
    const hasOutput = readdirSync(dist).some((name) => name.endsWith('.js'));
    if (!hasOutput) return undefined;
    return new Map(
      fileNames.map((name, index) => {
        const info = fileInfos[index];
        return [resolve(dist, name), typeof info === 'string' ? info : (info?.version ?? '')];
      }),
    );
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

/** `known`: what the compiler noted of it; undefined: it did not see it. Only a hash that we can make too tells more than times do. */
function isOther(file: string, known: string | undefined, builtAt: number): boolean {
  if (known === undefined || SHA256.test(known)) return known !== hashOf(file);
  return statSync(file).mtimeMs > builtAt;
}

/** As compilers before TypeScript 7 make it. */
function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file, 'utf8')).digest('hex');
}
