import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { childPlans } from './up.ts';

const entry = fileURLToPath(new URL('../supervise/__fixtures__/up-with-stubs.ts', import.meta.url));

let folder: string;
let running: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dispatch-up-'));
});
afterEach(() => {
  running?.kill('SIGKILL');
  for (const [, what, pid] of log())
    if (what === 'started' && alive(pid)) process.kill(Number(pid), 'SIGKILL');
  rmSync(folder, { recursive: true });
});

interface Up {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

async function startUp(env: Record<string, string> = {}): Promise<Up> {
  const child = spawn(process.execPath, ['--conditions=@dispatch/source', '--import', 'tsx', entry], {
    env: { PATH: process.env['PATH'], STUB_LOG: join(folder, 'log'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString('utf8');
    });
  }
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  await vi.waitFor(() => expect(output).toContain('Dispatch is running'), 15_000);
  return { child, output: () => output, ended };
}

/** What the stubs noted: `[name, what, pid]`. */
function log(): string[][] {
  const file = join(folder, 'log');
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8').trim();
  return text.split('\n').map((line) => line.split(' '));
}

function alive(pid: string | undefined): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

const pids = (): (string | undefined)[] =>
  log()
    .filter(([, what]) => what === 'started')
    .map(([, , pid]) => pid);

describe('dispatch up', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('O1: drains on %s and exits 0', async (signal) => {
    const { child, output, ended } = await startUp({ STUB_DRAIN_MS: '50' });
    for (const fact of ['http://127.0.0.1:1\n', 'ws://127.0.0.1:2\n', '/data\n', '/chat -d']) {
      expect(output()).toContain(fact);
    }
    child.kill(signal);
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(log().filter(([, what]) => what === 'drained')).toHaveLength(2);
  });

  it('O1: a second signal ends everything at once', async () => {
    const { child, output, ended } = await startUp({ STUB_DRAIN_MS: '60000' });
    child.kill('SIGINT');
    await vi.waitFor(() => expect(output()).toContain('Stopping'), 15_000);
    const asked = performance.now();
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, signal: null });
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(pids().filter(alive)).toEqual([]);
  });

  it('leaves no orphan when it is killed: the end of the pipe lets its children drain', async () => {
    const { child } = await startUp();
    expect(pids().filter(alive)).toHaveLength(2);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(pids().filter(alive)).toEqual([]), 15_000);
    expect(log().filter(([, what]) => what === 'stdin-end')).toHaveLength(2);
  });

  it('passes its flags on as the environment and leaves the rest of it alone', () => {
    const plans = childPlans(
      { dataDir: '/data', httpPort: '1' },
      { DISPATCH_HTTP_PORT: '2', OTHER: 'kept' },
      [
        ['kernel', '/kernel.js'],
        ['gateway', '/gateway.js'],
      ],
    );
    expect(plans.map(({ name, entry: file }) => [name, file])).toEqual([
      ['kernel', '/kernel.js'],
      ['gateway', '/gateway.js'],
    ]);
    expect(plans[0]?.env).toEqual({
      DISPATCH_DATA_DIR: '/data',
      DISPATCH_HTTP_PORT: '1',
      OTHER: 'kept',
    });
  });
});
