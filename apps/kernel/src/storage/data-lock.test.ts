import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tempDir } from './__fixtures__/test-store.ts';
import { DataDirectoryLockedError, lockDataDirectory } from './data-lock.ts';
import { StoreRefusedError } from './store-refused-error.ts';

const holder = join(import.meta.dirname, '__fixtures__/lock-holder.ts');

/** A process that takes the lock and says how that went, then waits to be killed. */
async function startHolder(dataDir: string): Promise<{ process: ChildProcess; answer: string }> {
  const child = spawn(
    process.execPath,
    ['--conditions=@dispatch/source', '--import', 'tsx', holder, dataDir],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const [answer] = await once(child, 'message');
  return { process: child, answer: String(answer) };
}

async function kill({ process: child }: { process: ChildProcess }): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('D12: one kernel per data directory', () => {
  it('D12: the second is told at once and changes nothing; SIGKILL frees the directory', async () => {
    const dataDir = tempDir();
    for (let attempt = 0; attempt < 10; attempt++) {
      const both = await Promise.all([startHolder(dataDir), startHolder(dataDir)]);
      expect(both.map(({ answer }) => answer).sort()).toEqual(['DataDirectoryLockedError', 'held']);
      const holding = both.find(({ answer }) => answer === 'held');
      if (attempt === 0) holding?.process.kill('SIGSTOP');
      const before = readdirSync(dataDir).map((file) => [file, statSync(join(dataDir, file)).mtimeMs]);
      const startedAt = performance.now();
      expect(() => lockDataDirectory(dataDir)).toThrow(DataDirectoryLockedError);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      expect(readdirSync(dataDir).map((file) => [file, statSync(join(dataDir, file)).mtimeMs])).toEqual(
        before,
      );
      await Promise.all(both.map(kill));
    }
    lockDataDirectory(dataDir).release();
  }, 60_000);

  it('D12: holds within one process too, until released', () => {
    const dataDir = tempDir();
    const lock = lockDataDirectory(dataDir);
    expect(() => lockDataDirectory(dataDir)).toThrow(/Another kernel is using/);
    const files = readdirSync(dataDir);
    // A journal beside it would want room, and a full disk would keep the kernel from starting.
    expect(files).toEqual(['lock.db']);
    for (const file of files) expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600);
    lock.release();
    lock.release();
    lockDataDirectory(dataDir).release();
  });

  it('refuses a lock file that is something else', () => {
    const dataDir = tempDir();
    writeFileSync(join(dataDir, 'lock.db'), 'x'.repeat(4096));
    expect(() => lockDataDirectory(dataDir)).toThrow(StoreRefusedError);
  });
});
