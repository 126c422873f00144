/**
 * Checks the release notes in .changeset: their form, that nothing asks for a major, and that a package which re-exports another
 * contract is bumped at least as far as that contract. Changesets itself checks none of this. Takes the repository's folder; here if absent.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[2] ?? '.';
const order = ['none', 'patch', 'minor', 'major'];

interface Changeset {
  readonly file: string;
  readonly releases: ReadonlyMap<string, string>;
  readonly summary: string;
}

function read(file: string): Changeset | undefined {
  const text = readFileSync(join(root, '.changeset', file), 'utf8');
  const parts = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text);
  if (!parts) return undefined;
  const lines = (parts[1] ?? '').split('\n').filter((line) => line.trim() !== '');
  const releases = lines.map((line) => /^['"]([^'"]+)['"]:\s*(\w+)$/.exec(line.trim()));
  if (releases.length === 0 || releases.some((release) => release === null)) return undefined;
  return {
    file,
    releases: new Map(releases.map((release) => [release?.[1] ?? '', release?.[2] ?? ''])),
    summary: (parts[2] ?? '').trim(),
  };
}

function formFaults({ summary, releases }: Changeset): readonly string[] {
  const lines = summary.split('\n');
  const title = lines[0] ?? '';
  const last = lines.at(-1) ?? '';
  const faults: string[] = [];
  if (title === '' || title.startsWith('#') || title.endsWith('.') || lines[1] !== '') {
    faults.push('starts with a title: one line, no mark-up, no full stop, then an empty line');
  }
  if (lines.length < 5) faults.push('says in a body what the change means to whoever pins the package');
  if (!/^Consumer action: (none|optional|required) — \S/.test(last)) {
    faults.push('ends with `Consumer action: none | optional | required — …`');
  }
  for (const [name, bump] of releases) {
    if (bump === 'major') faults.push(`asks for a major of ${name}; at 0.x that would make it 1.0.0`);
    else if (!order.includes(bump)) faults.push(`asks for a ${bump} of ${name}; there is no such bump`);
  }
  return faults.map((fault) => `must be otherwise: ${fault}`);
}

/** Which contracts each package gives out again under its own name. */
function reExports(): readonly (readonly [name: string, given: string])[] {
  const packages = join(root, 'packages');
  if (!existsSync(packages)) return [];
  return readdirSync(packages).flatMap((folder) => {
    const entry = join(packages, folder, 'src', 'index.ts');
    if (!existsSync(entry)) return [];
    const source = readFileSync(entry, 'utf8');
    const given = [...source.matchAll(/export[^;]*? from '(@dispatch\/[a-z-]+)'/g)].map(
      ([, name = '']) => name,
    );
    return [...new Set(given)].map((name) => [`@dispatch/${folder}`, name] as const);
  });
}

const files = readdirSync(join(root, '.changeset')).filter(
  (file) => file.endsWith('.md') && file !== 'README.md',
);
const complaints: string[] = [];
const furthest = new Map<string, number>();
for (const file of files) {
  const changeset = read(file);
  if (!changeset) {
    complaints.push(`${file}: has no readable front matter of the form 'package': bump`);
    continue;
  }
  complaints.push(...formFaults(changeset).map((fault) => `${file}: ${fault}`));
  for (const [name, bump] of changeset.releases) {
    furthest.set(name, Math.max(furthest.get(name) ?? 0, order.indexOf(bump)));
  }
}
for (const [name, given] of reExports()) {
  const own = furthest.get(name) ?? 0;
  const needed = furthest.get(given) ?? 0;
  if (own < needed) {
    complaints.push(`${name} re-exports ${given} and must be bumped at least as far (${order[needed]})`);
  }
}
process.stdout.write(
  complaints.length === 0
    ? `${files.length} release notes, all in form\n`
    : `${complaints.map((complaint) => `${complaint}\n`).join('')}`,
);
process.exit(complaints.length === 0 ? 0 : 1);
