import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from './__fixtures__/workspace.ts';
import { writeFile } from './write-file.ts';

let space: Workspace;
beforeEach(() => {
  space = createWorkspace();
});
afterEach(() => space.dispose());

const written = (path: string) => readFileSync(join(space.cwd, path), 'utf8');

describe('write-file', () => {
  it('writes a new file, and makes the folders on the way', async () => {
    const result = await space.write({ path: 'notes/2026/today.md', content: 'ä 🙂\n' });
    expect(result).toEqual({
      content: 'Wrote 8 bytes to notes/2026/today.md. The file is new.',
      isError: false,
    });
    expect(written('notes/2026/today.md')).toBe('ä 🙂\n');
    expect(space.everything().filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  it('replaces a file as a whole, and keeps who may do what with it', async () => {
    writeFileSync(join(space.cwd, 'run.sh'), 'a longer text than the next');
    chmodSync(join(space.cwd, 'run.sh'), 0o750);
    const result = await space.write({ path: './/run.sh', content: 'echo' });
    expect(result).toEqual({ content: 'Wrote 4 bytes to run.sh. It replaced 27 bytes.', isError: false });
    expect(written('run.sh')).toBe('echo');
    expect(statSync(join(space.cwd, 'run.sh')).mode & 0o777).toBe(0o750);
  });

  it('takes the whole size and the empty text', async () => {
    expect((await space.write({ path: 'empty', content: '' })).isError).toBe(false);
    expect((await space.write({ path: 'full', content: 'x'.repeat(1_048_576) })).isError).toBe(false);
    expect(statSync(join(space.cwd, 'empty')).size).toBe(0);
    expect(statSync(join(space.cwd, 'full')).size).toBe(1_048_576);
  });

  it('keeps a file that is there when only a new one was wanted', async () => {
    expect(await space.write({ path: 'a', content: 'one', createOnly: true })).toMatchObject({
      isError: false,
    });
    const again = await space.write({ path: 'a', content: 'two', createOnly: true });
    expect(again).toMatchObject({ isError: true, content: expect.stringMatching(/there already/) });
    expect(written('a')).toBe('one');
  });

  it('of many calls at once that want the new file, one gets it', async () => {
    const calls = Array.from({ length: 30 }, (_, i) =>
      space.write({ path: 'deep/er/one', content: `${i}`, createOnly: true }),
    );
    const results = await Promise.all(calls);
    const winners = results.flatMap(({ isError }, i) => (isError ? [] : [`${i}`]));
    expect(winners).toEqual([written('deep/er/one')]);
    expect(space.everything().filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  it('of many calls at once that replace a file, one is in it, whole', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => `${i};`.repeat(20_000));
    const results = await Promise.all(texts.map((content) => space.write({ path: 'same', content })));
    expect(results.every(({ isError }) => !isError)).toBe(true);
    expect(texts).toContain(written('same'));
    expect(space.everything()).toEqual(['outside', 'work', 'work/same']);
  });

  it('leaves a write-protected file alone', async () => {
    writeFileSync(join(space.cwd, 'kept'), 'kept', { mode: 0o444 });
    expect(await space.write({ path: 'kept', content: 'x' })).toMatchObject({
      isError: true,
      content: expect.stringMatching(/write-protected/),
    });
    expect(written('kept')).toBe('kept');
  });

  it('breaks a hard link instead of writing through it', async () => {
    writeFileSync(join(space.outside, 'original'), 'original');
    linkSync(join(space.outside, 'original'), join(space.cwd, 'linked'));
    expect((await space.write({ path: 'linked', content: 'mine' })).isError).toBe(false);
    expect(written('linked')).toBe('mine');
    expect(readFileSync(join(space.outside, 'original'), 'utf8')).toBe('original');
  });

  it('takes a working directory that is itself given through a symbolic link', async () => {
    const cwd = join(space.outside, 'shortcut');
    symlinkSync(space.cwd, cwd);
    expect((await space.write({ path: 'a/b', content: 'x' }, { cwd })).isError).toBe(false);
    expect(written('a/b')).toBe('x');
  });

  it('T6: writes nothing behind an abort', async () => {
    const reason = new Error('stopped');
    const writing = space.write({ path: 'new/a', content: 'x' }, { signal: AbortSignal.abort(reason) });
    await expect(writing).rejects.toBe(reason);
    expect(space.everything()).toEqual(['outside', 'work']);
  });

  it('T6: an abort at any moment leaves the old file or the new one, and nothing beside it', async () => {
    mkdirSync(join(space.cwd, 'd'));
    let aborted = 0;
    for (let round = 0; round < 60; round += 1) {
      writeFileSync(join(space.cwd, 'd/f'), 'old');
      const aborting = new AbortController();
      const writing = space.write({ path: 'd/f', content: 'new'.repeat(100_000) }, aborting);
      const abort = () => aborting.abort(new Error('stopped'));
      if (round === 0) abort();
      else setTimeout(abort, round / 10);
      await writing.catch(() => {
        aborted += 1;
      });
      expect(['old', 'new'.repeat(100_000)]).toContain(written('d/f'));
    }
    expect(space.everything()).toEqual(['outside', 'work', 'work/d', 'work/d/f']);
    expect(aborted).toBeGreaterThan(0);
  });
});

describe('without a place to write to', () => {
  it('says how to set a working directory', async () => {
    const { cwd, ...context } = {
      conversationId: 'c',
      turnId: 't',
      toolCallId: 'x',
      cwd: space.cwd,
      signal: new AbortController().signal,
      onOutput: () => {},
    };
    const result = await writeFile().execute({ path: 'a', content: 'x' }, context);
    expect(result).toMatchObject({ isError: true, content: expect.stringMatching(/PUT .*\/cwd/) });
    const elsewhere = writeFile('darwin').execute({ path: 'a', content: 'x' }, { ...context, cwd });
    expect(await elsewhere).toMatchObject({ isError: true, content: expect.stringMatching(/Linux only/) });
  });

  it.each([
    ['relative/place', /no absolute path/],
    ['/nowhere/at/all', /is not there/],
    ['/etc/hostname', /is not there/],
  ])('names the working directory %s that cannot be used', async (cwd, reason) => {
    expect(await space.write({ path: 'a', content: 'x' }, { cwd })).toMatchObject({
      isError: true,
      content: expect.stringMatching(reason),
    });
  });
});
