import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import type { ChildPlan } from './supervised-child.ts';
import { Supervisor, type SupervisorEvents } from './supervisor.ts';

const entry = fileURLToPath(new URL('./__fixtures__/stub-child.mjs', import.meta.url));

let folder: string;
let supervisor: Supervisor | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dispatch-up-'));
});
afterEach(async () => {
  await supervisor?.kill();
  rmSync(folder, { recursive: true });
});

function plan(name: string, env: Record<string, string> = {}): ChildPlan {
  const base = { PATH: process.env['PATH'], STUB_LOG: join(folder, 'log'), STUB_NAME: name };
  return { name, entry, args: [], env: { ...base, ...env } };
}

/** What the stubs noted: `[name, what, pid]`. */
function log(): string[][] {
  const text = readFileSync(join(folder, 'log'), 'utf8').trim();
  return text.split('\n').map((line) => line.split(' '));
}

function events(): { [Name in keyof SupervisorEvents]: ReturnType<typeof vi.fn<SupervisorEvents[Name]>> } {
  return { allReady: vi.fn(), line: vi.fn(), restarting: vi.fn(), recovered: vi.fn(), killed: vi.fn() };
}

function start(plans: readonly ChildPlan[]): ReturnType<typeof events> {
  const told = events();
  supervisor = new Supervisor(plans, systemClock, told);
  supervisor.start();
  return told;
}

describe('Supervisor', () => {
  it('tells once that both serve, and drains the gateway before the kernel with exit code 0', async () => {
    const told = start([plan('kernel'), plan('gateway', { STUB_DRAIN_MS: '100' })]);
    await vi.waitFor(() => expect(told.allReady).toHaveBeenCalledTimes(1), 15_000);
    expect([...(told.allReady.mock.calls[0]?.[0].keys() ?? [])].toSorted()).toEqual(['gateway', 'kernel']);
    expect(await supervisor?.stop()).toBe(0);
    const ends = log()
      .filter(([, what]) => what !== 'started')
      .map(([name, what]) => `${name} ${what === 'drained' ? 'drained' : 'told'}`);
    expect(ends).toEqual(['gateway told', 'gateway drained', 'kernel told', 'kernel drained']);
    expect(told.restarting).not.toHaveBeenCalled();
  });

  it('starts a killed child again at once, and says when it serves again', async () => {
    const told = start([plan('kernel'), plan('gateway')]);
    await vi.waitFor(() => expect(told.allReady).toHaveBeenCalled(), 15_000);
    const kernelPid = log().find(([name]) => name === 'kernel')?.[2];
    process.kill(Number(kernelPid), 'SIGKILL');
    await vi.waitFor(() => expect(told.recovered).toHaveBeenCalledWith('kernel'), 15_000);
    expect(told.restarting).toHaveBeenCalledExactlyOnceWith('kernel', { code: null, signal: 'SIGKILL' }, 0);
    expect(told.allReady).toHaveBeenCalledTimes(1);
  });

  it('backs off while a child keeps failing', async () => {
    const told = start([plan('kernel', { STUB_EXIT: '1' })]);
    await vi.waitFor(() => expect(told.restarting).toHaveBeenCalledTimes(3), 15_000);
    expect(told.restarting.mock.calls.map(([, , delayMs]) => delayMs)).toEqual([0, 200, 400]);
    const stopped = supervisor?.stop();
    expect(await stopped).toBe(0);
  });

  it.each([
    ['78', 'configuration'],
    ['73', 'a held lock'],
  ])('takes exit code %s (%s) as final: stops the others and ends with it', async (code) => {
    const told = start([plan('kernel', { STUB_EXIT: code, STUB_SAYS: 'why it ends' }), plan('gateway')]);
    expect(await supervisor?.ended).toBe(Number(code));
    expect(told.line).toHaveBeenCalledWith('kernel', 'why it ends');
    expect(told.restarting).not.toHaveBeenCalledWith('kernel', expect.anything(), expect.anything());
    const gatewayPid = log().find(([name]) => name === 'gateway')?.[2];
    // The gateway may have been told to stop before it even ran.
    if (gatewayPid !== undefined) expect(() => process.kill(Number(gatewayPid), 0)).toThrow();
  });

  it('ends a child that does not drain, when it is told to at once', async () => {
    const told = start([plan('kernel', { STUB_DRAIN_MS: '60000' })]);
    await vi.waitFor(() => expect(told.allReady).toHaveBeenCalled(), 15_000);
    const stopped = supervisor?.stop();
    await supervisor?.kill();
    await stopped;
    const kernelPid = log().find(([name]) => name === 'kernel')?.[2];
    expect(() => process.kill(Number(kernelPid), 0)).toThrow();
  });
});
