import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createShell, runs, type Shell, script, until } from './__fixtures__/shell.ts';
import { COMMAND_VARIABLE, processesOf } from './command-processes.ts';
import { bootId, processFacts } from './process-table.ts';

let shell: Shell;
beforeEach(async () => {
  shell = await createShell();
});
afterEach(() => shell.dispose());

/** In a script: goes on once a process has told its number. */
const UNTIL_WRITTEN = 'while [ ! -s pids ]; do sleep 0.05; done';

/** Numbers of processes the command wrote into a file, once there are so many. */
async function pidsIn(file: string, count: number): Promise<readonly number[]> {
  const read = () => {
    try {
      return readFileSync(join(shell.cwd, file), 'utf8').trim().split('\n').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  };
  await until(() => read().length >= count);
  return read();
}

const took = async (work: Promise<unknown>) => {
  const from = performance.now();
  await work.catch(() => {});
  return performance.now() - from;
};

describe('the processes of a command', () => {
  it('T6: an abort ends what ignores SIGTERM within a second and a little, and rejects with its reason', async () => {
    const aborting = new AbortController();
    const reason = new Error('stopped');
    const text = `trap '' TERM; echo $$ >> pids; sh -c 'trap "" TERM; echo $$ >> pids; while :; do sleep 0.05; done'`;
    const running = shell.run(script(text), aborting);
    const pids = await pidsIn('pids', 2);
    aborting.abort(reason);
    expect(await took(running)).toBeLessThan(3_000);
    await expect(running).rejects.toBe(reason);
    expect(pids.filter(runs)).toEqual([]);
  });

  it('T6: an abort lets those that listen clean up', async () => {
    const aborting = new AbortController();
    const running = shell.run(
      script(`trap 'echo cleaned > trace; exit 0' TERM; echo $$ >> pids; while :; do sleep 0.05; done`),
      aborting,
    );
    await pidsIn('pids', 1);
    aborting.abort(new Error('stopped'));
    await expect(running).rejects.toThrow('stopped');
    expect(readFileSync(join(shell.cwd, 'trace'), 'utf8')).toBe('cleaned\n');
  });

  it('an abort before it began begins nothing', async () => {
    const reason = new Error('stopped');
    const running = shell.run(script('sleep 5; touch ran'), { signal: AbortSignal.abort(reason) });
    expect(await took(running)).toBeLessThan(3_000);
    await expect(running).rejects.toBe(reason);
    expect(shell.host.rows()).toEqual([]);
  });

  it('end with the time they have', async () => {
    const running = shell.run({
      ...(script('echo $$ >> pids; echo begun; sleep 60') as object),
      timeoutMs: 3_000,
    });
    const pids = await pidsIn('pids', 1);
    const { content, isError } = await running;
    expect(isError).toBe(true);
    expect(content).toMatch(/^It was ended after 3000 ms, its time limit, by the signal SIGTERM\./);
    expect(content).toContain('begun');
    expect(pids.filter(runs)).toEqual([]);
  });

  it('a few hundred of them end as one', async () => {
    const bomb = `echo $$ >> pids
      split() { if [ "$1" -gt 0 ]; then split $(($1 - 1)) & split $(($1 - 1)) & wait; else exec sleep 600; fi; }
      split 8`;
    const aborting = new AbortController();
    const running = shell.run(script(bomb), aborting);
    const [pid = 0] = await pidsIn('pids', 1);
    const mark = { id: 'none', pid };
    await until(() => processesOf(mark).length > 400);
    aborting.abort(new Error('stopped'));
    expect(await took(running)).toBeLessThan(5_000);
    expect(processesOf(mark)).toEqual([]);
  });

  it('do not live on when the command ends, though they hold its output', async () => {
    const running = shell.run(script('sleep 600 & echo $! >> pids; echo begun'));
    const pids = await pidsIn('pids', 1);
    expect(await took(running)).toBeLessThan(3_000);
    const { content, isError } = await running;
    expect(isError).toBe(false);
    expect(content).toMatch(
      /^It ended with exit code 0\. Processes it left running were ended: 1\.[\s\S]*begun/,
    );
    expect(pids.filter(runs)).toEqual([]);
  });

  it('are found in groups of their own, too', async () => {
    const running = shell.run(script(`setsid sh -c 'echo $$ >> pids; exec sleep 600' & ${UNTIL_WRITTEN}`));
    const pids = await pidsIn('pids', 1);
    await running;
    expect(pids.filter(runs)).toEqual([]);
  });

  it('that left their group and their environment are not waited for', async () => {
    const running = shell.run(
      script(`setsid env -i sh -c 'echo $$ >> pids; exec sleep 600' & ${UNTIL_WRITTEN}; echo done`),
    );
    const [pid = 0] = await pidsIn('pids', 1);
    expect(await took(running)).toBeLessThan(3_000);
    expect((await running).content).toContain('done');
    expect(runs(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });

  it('end with the extension', async () => {
    const running = shell.run(script('echo $$ >> pids; sleep 600'));
    const pids = await pidsIn('pids', 1);
    await shell.extension.deactivate?.();
    expect(pids.filter(runs)).toEqual([]);
    expect((await running).content).toMatch(/because Dispatch is ending/);
    expect(shell.host.rows()).toEqual([]);
  });
});

describe('T9: what a killed kernel leaves behind', () => {
  it('is recorded while it runs, and no longer', async () => {
    const running = shell.run(script('echo $$ >> pids; while [ ! -e seen ]; do sleep 0.05; done'));
    const [pid = 0] = await pidsIn('pids', 1);
    await until(() => shell.host.rows().some(({ version }) => version === 2));
    expect(shell.host.rows()).toMatchObject([
      { key: expect.stringMatching(/^command\/[0-9a-f]{32}$/), value: { pid, boot: bootId() } },
    ]);
    writeFileSync(join(shell.cwd, 'seen'), '');
    await running;
    expect(shell.host.rows()).toEqual([]);
  });

  /** A process such as a command would be, whose kernel is gone. */
  async function orphan(id: string | undefined) {
    const env = { PATH: process.env['PATH'], ...(id === undefined ? {} : { [COMMAND_VARIABLE]: id }) };
    const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore', env });
    const pid = child.pid ?? 0;
    await until(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep'));
    const startedAt = processFacts(pid)?.startedAt ?? 0;
    return { pid, startedAt, kill: () => child.kill('SIGKILL') };
  }

  it.each([
    ['known by its id, before it was known by its number', true, false],
    ['known by its number and its start, without its id', false, true],
    ['known by both', true, true],
  ])('is ended at the next start: %s', async (_how, byId, byNumber) => {
    const id = crypto.randomUUID();
    const { pid, startedAt } = await orphan(byId ? id : undefined);
    const value = { boot: bootId(), pid: byNumber ? pid : null, startedAt: byNumber ? startedAt : null };
    shell.host.plant(`command/${id}`, value);
    await shell.host.restart();
    await until(() => !runs(pid));
    expect(shell.host.rows()).toEqual([]);
    expect(shell.host.log.at(-1)).toMatchObject({ level: 'warn', data: { count: 1 } });
  });

  it('is never somebody else: another start of that number, another start of the machine, a row nobody can read', async () => {
    const { pid, startedAt, kill } = await orphan(undefined);
    const boot = bootId();
    const rows = [
      { boot, pid, startedAt: startedAt - 1 },
      { boot: 'another', pid, startedAt },
      { boot, pid, startedAt: null },
      { boot, pid: 1, startedAt: processFacts(1)?.startedAt ?? 0 },
      { boot, pid: -1, startedAt: 0 },
      { boot, pid: `${pid}`, startedAt },
      7,
      null,
    ];
    for (const [index, value] of rows.entries()) shell.host.plant(`command/${index}`, value);
    await shell.host.restart();
    expect(runs(pid)).toBe(true);
    expect(shell.host.rows()).toEqual([]);
    kill();
  });

  it('does not stop the start when the store cannot be written', async () => {
    shell.host.plant('command/id', { boot: bootId(), pid: null, startedAt: null });
    shell.host.breakStore('storage-full');
    await shell.host.restart();
    expect(shell.host.added.tools.has('run-command')).toBe(true);
    shell.host.breakStore(undefined);
  });
});
