import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { appEntry, createDataDirectory, startProcess } from '@dispatch/tests-processes';
import { afterAll, describe, expect, it } from 'vitest';

const directory = createDataDirectory();
afterAll(() => directory.remove());

const start = () => startProcess(appEntry('kernel'), [], { DISPATCH_DATA_DIR: directory.path });
const snapshot = () =>
  readdirSync(directory.path)
    .sort()
    .map((name) => `${name} ${statSync(join(directory.path, name)).mtimeMs}`);

describe('two kernels on one directory', () => {
  it('D12: the second exits with 73 within a second, has written nothing, and the first goes on; SIGKILL frees the lock', async () => {
    const startedAt = performance.now();
    const first = start();
    await first.ready;
    // A machine that needs that long to start a kernel at all needs no less to end one.
    const limit = Math.max(2_000, 2 * (performance.now() - startedAt));
    const before = snapshot();
    const began = performance.now();
    const second = start();
    expect(await second.exited).toEqual({ code: 73, signal: null });
    expect(performance.now() - began).toBeLessThan(limit);
    expect(snapshot()).toEqual(before);
    expect(second.output()).toMatch(/in use|another kernel|locked/i);
    first.child.kill('SIGSTOP');
    const third = start();
    expect((await third.exited).code).toBe(73);
    first.child.kill('SIGCONT');
    await first.kill();
    const fourth = start();
    await fourth.ready;
    await fourth.kill('SIGTERM');
  });
});
