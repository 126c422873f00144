import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtFacts } from './built-files.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dispatch-built-'));
  write('packages/link/package.json', '{"name":"@dispatch/link"}');
  write('packages/testkit/package.json', '{"name":"@dispatch/testkit"}');
  write('packages/testkit/src/index.ts', 'for tests alone');
  write(
    'apps/kernel/package.json',
    '{"name":"@dispatch/kernel","dependencies":{"@dispatch/link":"workspace:^"}}',
  );
  for (const folder of ['packages/link', 'apps/kernel']) {
    write(`${folder}/src/index.ts`, 'export const a = 1;');
    write(`${folder}/src/index.test.ts`, 'a test');
    write(`${folder}/src/__fixtures__/b.ts`, 'a fixture');
    build(folder);
  }
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** What the compiler leaves behind, as far as it is read. */
function build(folder: string): void {
  write(`${folder}/dist/index.js`, '');
  write(`${folder}/dist/index.js.map`, JSON.stringify({ sourcesContent: ['export const a = 1;'] }));
}

describe('built files', () => {
  it('are in order when they are of these sources, whenever those were touched', () => {
    write('apps/kernel/src/index.ts', 'export const a = 1;');
    expect(builtFacts(root)).toEqual({ isClone: true, missing: [], stale: [] });
  });

  it('are stale when a source changed or came, also in what a process depends on', () => {
    write('packages/link/src/index.ts', 'export const a = 2;');
    write('apps/kernel/src/more.ts', '');
    expect(builtFacts(root).stale).toEqual([
      { folder: 'apps/kernel', source: 'apps/kernel/src/more.ts' },
      { folder: 'packages/link', source: 'packages/link/src/index.ts' },
    ]);
  });

  it('are missing when nothing was built, or what was is gone', () => {
    rmSync(join(root, 'apps/kernel/dist'), { recursive: true });
    rmSync(join(root, 'packages/link/dist/index.js'));
    expect(builtFacts(root).missing).toEqual(['apps/kernel', 'packages/link']);
  });

  it('are stale where nobody can tell what they were built from', () => {
    write('apps/kernel/dist/index.js.map', '{');
    rmSync(join(root, 'packages/link/dist/index.js.map'));
    expect(builtFacts(root).stale).toHaveLength(2);
  });

  it('cannot be stale where there are no sources', () => {
    rmSync(join(root, 'packages'), { recursive: true });
    rmSync(join(root, 'apps/kernel/src'), { recursive: true });
    expect(builtFacts(root)).toEqual({ isClone: false, missing: [], stale: [] });
  });
});
