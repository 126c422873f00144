import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from './__fixtures__/workspace.ts';
import { readPath } from './file-path.ts';
import { Folder } from './folder.ts';
import { placeFile } from './place-file.ts';
import { Refusal } from './refusal.ts';

let space: Workspace;
beforeEach(() => {
  space = createWorkspace();
});
afterEach(() => space.dispose());

const refuses = async (path: unknown, reason: RegExp, cwd = space.cwd) => {
  const before = space.everything();
  const result = await space.write({ path: path as string, content: 'planted' }, { cwd });
  expect(result).toEqual({ isError: true, content: expect.stringMatching(reason) });
  expect(result.content.length).toBeLessThan(1_000);
  expect(space.everything()).toEqual(before);
};

describe('S-56: a path that leads elsewhere', () => {
  it.each([
    ['../outside/x', /never followed/],
    ['a/../../outside/x', /never followed/],
    ['a/..', /never followed/],
    ['..', /never followed/],
    ['/etc/passwd', /absolute/],
    ['/proc/self/environ', /absolute/],
    ['', /not empty/],
    ['.', /names no file/],
    ['a/', /names a folder/],
    ['a/.', /names a folder/],
    ['a\0b', /control characters/],
    ['a\nb', /control characters/],
    ['\ud800', /no valid Unicode/],
    ['x'.repeat(256), /longer than 255/],
    ['x/'.repeat(2_050).concat('y'), /too long/],
    ['x/'.repeat(65).concat('y'), /folders deep/],
    [7, /not empty/],
    [null, /not empty/],
    [['a'], /not empty/],
  ])('%j is refused', async (path, reason) => {
    await refuses(path, reason);
  });

  it.each([
    ['proc/self/environ', /no ordinary files/],
    ['proc/1/environ', /no ordinary files/],
    ['dev/null', /no ordinary files/],
    ['sys/kernel/x', /no ordinary files/],
  ])('%s is refused though the working directory is the root of everything', async (path, reason) => {
    await refuses(path, reason, '/');
  });

  it('a symbolic link is not followed, as a folder or as a file, wherever it leads', async () => {
    mkdirSync(join(space.cwd, 'real'));
    writeFileSync(join(space.outside, 'secret'), 'secret');
    symlinkSync(space.outside, join(space.cwd, 'out'));
    symlinkSync('real', join(space.cwd, 'in'));
    symlinkSync(join(space.outside, 'secret'), join(space.cwd, 'file'));
    symlinkSync(join(space.outside, 'not-yet'), join(space.cwd, 'dangling'));
    await refuses('out/x', /is no folder/);
    await refuses('in/x', /is no folder/);
    await refuses('file', /is a symbolic link/);
    await refuses('dangling', /is a symbolic link/);
    expect(readFileSync(join(space.outside, 'secret'), 'utf8')).toBe('secret');
  });

  it('a folder, a FIFO, a socket and a file in the way of a folder are refused, at once', async () => {
    mkdirSync(join(space.cwd, 'folder'));
    writeFileSync(join(space.cwd, 'plain'), '');
    execFileSync('mkfifo', [join(space.cwd, 'fifo')]);
    const server = createServer().listen(join(space.cwd, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    await refuses('folder', /is a folder/);
    await refuses('fifo', /no ordinary file/);
    await refuses('fifo/x', /is no folder/);
    await refuses('socket', /no ordinary file/);
    await refuses('plain/x', /is no folder/);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('S-56: a path that is swapped meanwhile', () => {
  it('never leads outside, however often a folder becomes a link and back', async () => {
    mkdirSync(join(space.cwd, 'd'));
    writeFileSync(join(space.outside, 'f'), 'untouched');
    const swapping = new Worker(SWAP, { eval: true, workerData: { cwd: space.cwd, outside: space.outside } });
    await new Promise((resolve) => swapping.once('message', resolve));
    let wrote = 0;
    let refused = 0;
    const until = performance.now() + 2_000;
    while (
      performance.now() < until ||
      (Math.min(wrote, refused) === 0 && performance.now() < until + 10_000)
    ) {
      const { isError } = await space.write({ path: 'd/f', content: 'planted' });
      if (isError) refused += 1;
      else wrote += 1;
    }
    await swapping.terminate();
    expect(readFileSync(join(space.outside, 'f'), 'utf8')).toBe('untouched');
    expect(space.everything().filter((name) => name.startsWith('outside/'))).toEqual(['outside/f']);
    expect(wrote).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });

  it('is refused when the folder was carried out of the working directory', async () => {
    mkdirSync(join(space.cwd, 'd'));
    const root = await Folder.openRoot(space.cwd);
    const folder = await root.enter('d');
    await folder.mustBeBelow(root);
    renameSync(join(space.cwd, 'd'), join(space.outside, 'd'));
    await expect(folder.mustBeBelow(root)).rejects.toThrow('no longer inside');
    const placing = placeFile({
      root,
      folder,
      name: 'f',
      bytes: Buffer.from('planted'),
      createOnly: false,
      signal: new AbortController().signal,
    });
    await expect(placing).rejects.toThrow('no longer inside');
    await Promise.all([folder.close(), root.close()]);
    expect(space.everything()).toEqual(['outside', 'outside/d', 'work']);
  });
});

/** Makes `d` a link to the outside and back, as fast as it can. */
const SWAP = `
const { mkdirSync, rmSync, symlinkSync } = require('node:fs');
const { parentPort, workerData: { cwd, outside } } = require('node:worker_threads');
const moment = new Int32Array(new SharedArrayBuffer(4));
// The tool makes the folder, too, and fills it.
const tried = (change) => {
  try { change(); } catch {}
  Atomics.wait(moment, 0, 0, Math.random() * 3);
};
parentPort.postMessage('ready');
for (;;) {
  tried(() => {
    rmSync(cwd + '/d', { recursive: true, force: true });
    symlinkSync(outside, cwd + '/d');
  });
  tried(() => {
    rmSync(cwd + '/d', { recursive: true, force: true });
    mkdirSync(cwd + '/d');
  });
}`;

describe('readPath', () => {
  const segment = fc.oneof(
    fc.constantFrom('.', '..', '', 'a', 'b.txt', '...', ' ', '\\', 'ä', '~', '\u202e'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );

  it('S-56: gives a way that goes only down, or refuses', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), (segments) => {
        const path = segments.join('/');
        let read: ReturnType<typeof readPath>;
        try {
          read = readPath(path);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          return;
        }
        taken += 1;
        const names = [...read.folders, read.name];
        expect(path.startsWith('/')).toBe(false);
        expect(names.some((name) => ['', '.', '..'].includes(name) || /[/\0]/.test(name))).toBe(false);
        expect(read.normal).toBe(names.join('/'));
        expect(join('/root', path)).toBe(`/root/${read.normal}`);
        expect(readPath(read.normal)).toEqual(read);
      }),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(500);
  });
});
