import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createLogOutput } from './log-output.ts';

const source = new URL('./log-output.ts', import.meta.url).href;

/** Runs a program that has `output`, the log of its standard error. */
const program = (body: string): string[] => [
  '--import',
  'tsx',
  '--input-type=module',
  '-e',
  `import { createLogOutput } from ${JSON.stringify(source)}; const output = createLogOutput(2); ${body}`,
];

function file(): { readonly path: string; readonly descriptor: number } {
  const path = join(mkdtempSync(join(tmpdir(), 'dispatch-log-')), 'log');
  return { path, descriptor: openSync(path, 'a') };
}

describe('log output', () => {
  it('writes every line, in order', async () => {
    const { path, descriptor } = file();
    const output = createLogOutput(descriptor);
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index} ü\n`);
    for (const line of lines) output.write(line);
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe(lines.join('')), 10_000);
    process.off('exit', output.flushSync);
  });

  it('writes what waits when the process ends, also at once', () => {
    const body = `for (let n = 0; n < 300; n += 1) output.write('line ' + n + '\\n'); process.exit(3);`;
    const { status, stderr } = spawnSync(process.execPath, program(body), { encoding: 'utf8' });
    expect(status).toBe(3);
    expect(stderr).toBe(Array.from({ length: 300 }, (_, n) => `line ${n}\n`).join(''));
  });

  it('L3: a process whose reader is gone ends all the same', async () => {
    const body = `process.stdin.once('end', () => { output.write('one\\n'); output.write('two\\n'); output.flushSync(); output.write('three\\n'); process.exit(4); }).resume(); process.stdout.write('up');`;
    const child = spawn(process.execPath, program(body), { stdio: ['pipe', 'pipe', 'pipe'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stderr.destroy();
    child.stdin.end();
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(4);
  }, 20_000);

  it('L1: keeps little for a reader that does not read', () => {
    const { path, descriptor } = file();
    const output = createLogOutput(descriptor);
    // Nothing is written before this returns, as when the reader stands still.
    for (let n = 0; n < 9; n += 1) output.write('x'.repeat(1024 * 1024));
    output.flushSync();
    expect(statSync(path).size).toBe(4 * 1024 * 1024);
    process.off('exit', output.flushSync);
  });
});
