import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { askApp } from './app-check.ts';

const folder = mkdtempSync(join(tmpdir(), 'dispatch-ask-'));

/** Asks a process that does this. */
function ask(script: string, clock = systemClock) {
  const entry = join(folder, `${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(entry, script);
  return askApp(
    { name: 'kernel', entry, args: [], env: { PATH: process.env['PATH'] } },
    ['--offline'],
    clock,
  );
}

describe('asking a process', () => {
  it('gives what it prints for --check', async () => {
    expect(await ask('console.log(JSON.stringify({ v: 1, argv: process.argv.slice(2) }))')).toEqual({
      v: 1,
      argv: ['--check', '--offline'],
    });
  });

  it.each([
    ["import 'no-such-package'", /Cannot find package 'no-such-package'/],
    [
      "process.stderr.write('dispatch kernel: no such flag\\n'); process.exit(78)",
      /^dispatch kernel: no such flag$/,
    ],
    ["console.log('{}')", /ended with 0/],
    ["console.log('no JSON')", /ended with 0/],
    ["process.kill(process.pid, 'SIGKILL')", /ended with SIGKILL/],
  ])('%s: says why there is nothing', async (script, why) => {
    expect(await ask(script)).toEqual({ unasked: expect.stringMatching(why) });
  });

  it('does not wait for one that never ends', async () => {
    const impatient = {
      ...systemClock,
      after: (_ms: number, call: () => void) => systemClock.after(300, call),
    };
    expect(await ask('setInterval(() => {}, 1000)', impatient)).toEqual({
      unasked: expect.stringContaining('not done after'),
    });
  });

  it('says that there is no such file', async () => {
    const plan = { name: 'kernel', entry: '/nowhere/main.js', args: [], env: {} };
    expect(await askApp(plan, [], systemClock)).toEqual({ unasked: '/nowhere/main.js is not there' });
  });
});
