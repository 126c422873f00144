import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryFiles, root } from './repository.ts';

const documents = repositoryFiles().filter(
  (file) => file.endsWith('.md') && !/^\.changeset\/|CHANGELOG\.md$|REFERENCE\.md$|^contracts\//.test(file),
);
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Paths a document names: code spans that start with a top-level folder, and relative links. */
function namedPaths(file: string): readonly string[] {
  const text = read(file);
  const spans = [
    ...text.matchAll(
      /`((?:packages|apps|extensions|contracts|tests|benchmarks|docs|scripts)\/[A-Za-z0-9_./-]+)`/g,
    ),
  ];
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)];
  return [
    ...spans.map(([, path]) => path ?? ''),
    ...links.map(([, path]) => join(dirname(file), path ?? '')),
  ];
}

describe('documents', () => {
  it('every path a document names exists', () => {
    const missing = documents.flatMap((file) =>
      namedPaths(file)
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${file} names ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it('ARCHITECTURE.md walks a message from socket to database and back in ten files', () => {
    const walk = read('ARCHITECTURE.md').split('## Ten files')[1]?.split('\n## ')[0] ?? '';
    const files = [...walk.matchAll(/^\d+\. `([^`]+\.ts)`/gm)].map(([, path]) => path ?? '');
    expect(files).toHaveLength(10);
    expect(new Set(files).size).toBe(10);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('ADR-0001 has a line for every top-level folder', () => {
    const folders = new Set(
      repositoryFiles()
        .filter((file) => file.includes('/'))
        .map((file) => file.split('/')[0] ?? ''),
    );
    const table = read('docs/adr/0001-the-house.md');
    expect([...folders].filter((folder) => !table.includes(`| \`${folder}\` |`))).toEqual([]);
  });

  it('the README fits on one screen', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(60);
  });

  it('every public package has a README and the licence in its manifest', () => {
    const bare = readdirSync(join(root, 'packages')).filter((name) => {
      const manifest: { private?: boolean; license?: string } = JSON.parse(
        read(`packages/${name}/package.json`),
      );
      if (manifest.private === true) return false;
      return manifest.license !== 'MIT' || !existsSync(join(root, 'packages', name, 'README.md'));
    });
    expect(bare).toEqual([]);
  });
});
