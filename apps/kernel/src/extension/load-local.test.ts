import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { loadLocal } from './load-local.ts';

const SOURCE = `export const extension = { manifest: { id: 'mine' }, activate() {} };`;

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'dispatch-local-'));
  mkdirSync(join(root, 'dist'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

describe('an extension at a path', () => {
  it.each<[string, Record<string, string>, string]>([
    [
      'a package with a main',
      { 'package.json': '{"type":"module","main":"./dist/a.js"}', 'dist/a.js': SOURCE },
      '',
    ],
    [
      'a package with exports',
      { 'package.json': '{"name":"@me/mine","type":"module","exports":"./dist/a.js"}', 'dist/a.js': SOURCE },
      '',
    ],
    ['a folder with an index', { 'package.json': '{"type":"module"}', 'index.js': SOURCE }, ''],
    ['one file', { 'mine.mjs': SOURCE }, 'mine.mjs'],
    ['a default export', { 'mine.mjs': SOURCE.replace('const extension =', 'default') }, 'mine.mjs'],
    ['CommonJS', { 'mine.cjs': SOURCE.replace('export const extension', 'exports.extension') }, 'mine.cjs'],
  ])('is loaded from %s', async (_, files, at) => {
    const loaded = await loadLocal(join(folder(files), at), systemClock);
    expect(loaded).toMatchObject({ extension: { manifest: { id: 'mine' } } });
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    ['nothing is there', {}, 'nowhere', /cannot be loaded: there is nothing at this path$/],
    [
      'it throws',
      { 'a.mjs': 'throw new Error("first line\\nsecond line")' },
      'a.mjs',
      /cannot be loaded: first line$/,
    ],
    ['it is no JavaScript', { 'a.mjs': '{{{' }, 'a.mjs', /cannot be loaded: /],
    ['it exports something else', { 'a.mjs': 'export const other = 1' }, 'a.mjs', /exports no "extension"$/],
    ['its package is none', { 'package.json': 'null' }, '', /cannot be loaded: /],
  ])('gives a reason when %s', async (_, files, at, reason) => {
    const loaded = await loadLocal(join(folder(files), at), systemClock);
    expect(loaded).toMatchObject({ reason: expect.stringMatching(reason) });
  });
});
