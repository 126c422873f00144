import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseCrashPoint } from './crash-point.ts';

const module = fileURLToPath(new URL('./crash-point.ts', import.meta.url));

/** Passes `place` three times and says how often it came through. */
function run(env: Record<string, string>): Promise<{ signal: unknown; passes: number }> {
  const script = `const { crashPoint } = await import(${JSON.stringify(module)});
    for (let pass = 1; pass <= 3; pass += 1) { crashPoint('place'); crashPoint('other'); console.log(pass); }`;
  const argv = ['--import', 'tsx', '--input-type=module', '-e', script];
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { env: { PATH: process.env['PATH'], ...env } }, (error, stdout) =>
      resolve({ signal: error?.signal, passes: stdout.split('\n').filter(Boolean).length }),
    );
  });
}

describe('crash points', () => {
  it('kill the process at the pass that was named, and only in tests', async () => {
    expect(await run({ DISPATCH_TEST: '1', DISPATCH_CRASH_AT: 'place#2' })).toEqual({
      signal: 'SIGKILL',
      passes: 1,
    });
    expect(await run({ DISPATCH_TEST: '1', DISPATCH_CRASH_AT: 'place' })).toEqual({
      signal: 'SIGKILL',
      passes: 0,
    });
    expect(await run({ DISPATCH_CRASH_AT: 'place' })).toMatchObject({ passes: 3 });
    expect(await run({ DISPATCH_TEST: '1', DISPATCH_CRASH_AT: 'nowhere' })).toMatchObject({ passes: 3 });
  });

  it('are named by a word and a count from 1', () => {
    expect(parseCrashPoint('after-recover')).toEqual({ name: 'after-recover', pass: 1 });
    expect(parseCrashPoint('after-recover#12')).toEqual({ name: 'after-recover', pass: 12 });
    for (const text of [undefined, '', 'a#0', 'a#', 'A', 'a b'])
      expect(parseCrashPoint(text)).toBeUndefined();
  });
});
