import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
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
  const version = createHash('sha256').update('export const a = 1;').digest('hex');
  const info = {
    fileNames: ['../../../node_modules/lib.d.ts', '../src/index.ts'],
    fileInfos: [{ version: 'x' }, version],
  };
  write(`${folder}/dist/.tsbuildinfo`, JSON.stringify(info));
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

  it('are told by their times where the compiler notes contents in a way of its own', () => {
    const info = { fileNames: ['../src/index.ts'], fileInfos: ['64744afb5ff0040a9262e9b2cdad68e1'] };
    for (const folder of ['packages/link', 'apps/kernel']) {
      write(`${folder}/dist/.tsbuildinfo`, JSON.stringify(info));
    }
    expect(builtFacts(root).stale).toEqual([]);
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(root, 'packages/link/src/index.ts'), later, later);
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

  it('cannot be stale where there are no sources', () => {
    rmSync(join(root, 'packages'), { recursive: true });
    rmSync(join(root, 'apps/kernel/src'), { recursive: true });
    expect(builtFacts(root)).toEqual({ isClone: false, missing: [], stale: [] });
  });
});
