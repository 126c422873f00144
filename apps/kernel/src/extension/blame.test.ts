import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blamedRoot } from './blame.ts';

/** An error made by code in a folder of its own. */
async function thrownIn(root: string): Promise<unknown> {
  const path = join(root, 'bad one.mjs');
  writeFileSync(
    path,
    'export async function fail() { await null; throw new Error("x\\n at (/elsewhere/a.js:1:1)"); }',
  );
  const { fail } = await import(path);
  return fail().catch((error: unknown) => error);
}

it('blames the folder whose code threw, not one whose name begins alike, and nobody without a stack', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'dispatch-blame-')));
  const error = await thrownIn(root);
  expect(blamedRoot(error, ['/other', root])).toBe(root);
  expect(blamedRoot(error, [root.slice(0, -1), '/elsewhere'])).toBeUndefined();
  const refused = Object.assign(new Error('of ours'), {
    stack: `Error: of ours\n    at commit (file:///kernel/dist/a.js:1:2)\n    at ${join(root, 'bad one.mjs')}:3:4`,
  });
  expect(blamedRoot(refused, ['/other', root])).toBe(root);
  expect(blamedRoot(new Error('of ours'), [root])).toBeUndefined();
  expect(blamedRoot('a text', [root])).toBeUndefined();
  expect(blamedRoot(Object.assign(new Error('x'), { stack: 5 }), [root])).toBeUndefined();
});
