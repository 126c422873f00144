/**
 * Copies the built types and the fixtures of every contract package, at its present version, to contracts/history, where the
 * compatibility tests compare them with what came later. A version that is already there is left as it is.
 * Needs a build. Run: node --conditions=@dispatch/source --import tsx scripts/freeze-contracts.ts
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const packages = [
  'wire',
  'ui-contract',
  'collab-contract',
  'transport-contract',
  'surface-loaded-extensions',
  'surface-cache-warming',
  'surface-message-queue',
] as const;

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join('packages', name, 'package.json'), 'utf8')).version;

/** Declarations of `entry` and of every file of the same package it names, each once, what is named before what names it. */
function rollUp(entry: string, seen = new Set<string>()): string {
  if (seen.has(entry)) return '';
  seen.add(entry);
  const text = readFileSync(entry, 'utf8');
  const named = [...text.matchAll(/from '(\.[^']+)'/g)].map(([, path = '']) =>
    join(dirname(entry), path.replace(/\.ts$|\.js$/, '.d.ts')),
  );
  const before = named.map((file) => rollUp(file, seen)).join('');
  const own = text
    .replace(/(?:import|export)(?: type)? \{[^}]*\} from '\.[^']+';\n/g, '')
    .replace(/\/\/# sourceMappingURL=.*\n?/, '')
    .replace(/^export \{\};\n/m, '');
  return before + own;
}

/** The frozen file names the frozen files of the packages it builds on, so that nothing newer can leak into it. */
function pinImports(text: string): string {
  const imports = new Map<string, Set<string>>();
  const withoutImports = text.replace(
    /import(?: type)? \{([^}]*)\} from '(@dispatch\/[^']+)';\n/g,
    (_match, names: string, source: string) => {
      const all = imports.get(source) ?? new Set();
      for (const name of names.split(',')) if (name.trim() !== '') all.add(name.trim());
      imports.set(source, all);
      return '';
    },
  );
  const frozen = (source: string) => {
    const name = source.slice('@dispatch/'.length);
    return `../../${name}/${versionOf(name)}/index.js`;
  };
  const head = [...imports]
    .map(([source, names]) => `import type { ${[...names].sort().join(', ')} } from '${frozen(source)}';\n`)
    .join('');
  const body = withoutImports.replace(
    /from '(@dispatch\/[^']+)'/g,
    (_match, source) => `from '${frozen(source)}'`,
  );
  return `${head}${head === '' ? '' : '\n'}${body}`;
}

for (const name of packages) {
  const version = versionOf(name);
  const folder = join('contracts', 'history', name, version);
  if (existsSync(folder)) {
    process.stdout.write(`${name} ${version}: frozen already\n`);
    continue;
  }
  mkdirSync(folder, { recursive: true });
  const title = `/** @dispatch/${name} ${version}, frozen. Compared with, never imported by anything that runs. */\n\n`;
  writeFileSync(
    join(folder, 'index.d.ts'),
    title + pinImports(rollUp(join('packages', name, 'dist', 'index.d.ts'))),
  );
  const fixtures: unknown = await import(`../packages/${name}/src/fixtures/index.ts`);
  writeFileSync(join(folder, 'fixtures.json'), `${JSON.stringify({ ...Object(fixtures) }, null, 2)}\n`);
  process.stdout.write(`${name} ${version}: frozen\n`);
}
