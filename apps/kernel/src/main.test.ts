import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONFIG_FILE_NAME, LOCAL_OWNER } from '@dispatch/link';
import type { AgentEvent } from '@dispatch/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { ask } from './__fixtures__/kernel-client.ts';
import { temporaryDataDir } from './__fixtures__/test-kernel.ts';
import { newConversation } from './api/change-conversation.ts';
import { systemClock } from './clock.ts';
import { systemIds } from './ids.ts';
import { lockDataDirectory } from './storage/data-lock.ts';
import { openStore } from './storage/open-store.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Running {
  readonly child: ChildProcess;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Resolves with the ready message, or undefined when the process ended first. */
  readonly ready: Promise<unknown>;
  stderr(): string;
}

function run(dataDir: string, env: Record<string, string> = {}, argv: readonly string[] = []): Running {
  const child = spawn(
    process.execPath,
    ['--conditions=@dispatch/source', '--import', 'tsx', entry, ...argv],
    {
      stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
      env: { PATH: process.env['PATH'], DISPATCH_DATA_DIR: dataDir, ...env },
    },
  );
  started.push(child);
  let stderr = '';
  child.stderr?.on('data', (bytes) => {
    stderr += bytes;
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.on('exit', (code, signal) => resolve({ code, signal })),
  );
  const message = new Promise((resolve) => child.once('message', resolve));
  return {
    child,
    exited,
    ready: Promise.race([message, exited.then(() => undefined)]),
    stderr: () => stderr,
  };
}

/** Every file with its size and time, so that a write anywhere shows. */
function snapshot(dataDir: string): unknown {
  return readdirSync(dataDir)
    .sort()
    .map((name) => {
      const { size, mtimeMs, mode } = statSync(join(dataDir, name));
      return { name, size, mtimeMs, mode };
    });
}

/** What a kernel leaves behind that dies while a turn runs. */
async function leaveRunningTurn(dataDir: string): Promise<void> {
  const lock = lockDataDirectory(dataDir);
  const store = await openStore({ dataDir, clock: systemClock, ids: systemIds });
  const at = systemClock.wall();
  await store.commit<null>({
    *plan(q) {
      yield* q.putConversation({ ...(yield* newConversation(q, 'c1', LOCAL_OWNER, at)), status: 'active' });
      yield* q.insertTurn({
        id: 'trn_left',
        conversationId: 'c1',
        state: 'running',
        fence: store.fence,
        startedBy: LOCAL_OWNER,
        model: 'demo/writer',
        startedAt: at,
        sealedAt: null,
        reason: null,
        metrics: null,
      });
      const where = { conversationId: 'c1', turnId: 'trn_left' };
      const events: readonly AgentEvent[] = [
        { type: 'user-message', ...where, text: 'keep me' },
        { type: 'turn-start', ...where },
      ];
      return { result: null, turnEvents: events.map((event, n) => ({ turnId: 'trn_left', n, event })) };
    },
  });
  await store.close();
  lock.release();
}

const startEndless = (dataDir: string) =>
  ask(dataDir, 'POST', '/internal/turns', {
    body: { conversationId: 'c1', message: 'go', model: 'demo/writer' },
  });

describe('kernel process', () => {
  it('D12: a second kernel exits 73 and has written nothing; the first goes on', async () => {
    const dataDir = temporaryDataDir();
    const first = run(dataDir);
    expect(await first.ready).toMatchObject({ type: 'ready', dataDirectory: dataDir });
    const before = snapshot(dataDir);
    const second = run(dataDir);
    expect(await second.exited).toEqual({ code: 73, signal: null });
    expect(second.stderr()).toContain(`Another kernel is using ${dataDir}`);
    expect(snapshot(dataDir)).toEqual(before);
    expect((await ask(dataDir, 'GET', '/internal/ready')).status).toBe(200);
  });

  it('D12: the lock of a kernel that was killed is free at once', async () => {
    const dataDir = temporaryDataDir();
    const first = run(dataDir);
    await first.ready;
    first.child.kill('SIGKILL');
    await first.exited;
    expect(await run(dataDir).ready).toMatchObject({ type: 'ready' });
  });

  it('--check prints one JSON document and ends, beside a kernel that runs', async () => {
    const dataDir = temporaryDataDir();
    const kernel = run(dataDir);
    await kernel.ready;
    const command = ['--conditions=@dispatch/source', '--import', 'tsx', entry, '--check', '--offline'];
    const env = { PATH: process.env['PATH'], DISPATCH_DATA_DIR: dataDir, DISPATCH_LOG_LEVEL: 'loud' };
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      app: 'kernel',
      lock: { held: true, pid: kernel.child.pid },
      database: { state: 'readable' },
      settingsFault: expect.stringContaining('DISPATCH_LOG_LEVEL'),
    });
    expect((await ask(dataDir, 'GET', '/internal/ready')).status).toBe(200);
  });

  it('O1: SIGINT is ignored, SIGTERM drains and exits 0, and the end of the stdin pipe does the same', async () => {
    const dataDir = temporaryDataDir();
    const first = run(dataDir);
    await first.ready;
    first.child.kill('SIGINT');
    expect((await ask(dataDir, 'GET', '/internal/ready')).status).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.exited).toEqual({ code: 0, signal: null });

    const second = run(dataDir);
    await second.ready;
    second.child.stdin?.end();
    expect(await second.exited).toEqual({ code: 0, signal: null });
  });

  it('O1: a second SIGTERM seals the running turn as interrupted at once', async () => {
    const dataDir = temporaryDataDir();
    const first = run(dataDir);
    await first.ready;
    const { body } = await startEndless(dataDir);
    first.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 100));
    first.child.kill('SIGTERM');
    expect(await first.exited).toEqual({ code: 0, signal: null });
    await run(dataDir).ready;
    const { turns } = (await ask(dataDir, 'GET', '/conversations/c1/metrics')).body;
    expect(turns).toMatchObject([{ turnId: body.turnId, reason: 'interrupted' }]);
    expect((await ask(dataDir, 'GET', '/conversations/c1/status')).body.turnId).toBeNull();
  });

  it('T3: also when its own recovery is killed, it serves no turn of an earlier start as running', async () => {
    const dataDir = temporaryDataDir();
    await leaveRunningTurn(dataDir);
    for (const place of ['after-recover', 'before-listen']) {
      const crashing = run(dataDir, { DISPATCH_TEST: '1', DISPATCH_CRASH_AT: place });
      expect(await crashing.exited).toEqual({ code: null, signal: 'SIGKILL' });
    }
    await run(dataDir).ready;
    const get = async (path: string) => (await ask(dataDir, 'GET', `/conversations/c1${path}`)).body;
    expect(await get('/status')).toMatchObject({ status: 'idle', turnId: null });
    expect((await get('/metrics')).turns).toMatchObject([{ turnId: 'trn_left', reason: 'interrupted' }]);
    expect((await get('')).chunks).toMatchObject([{ seq: 1, chunk: { text: 'keep me' } }]);
  });

  it('a configuration that cannot be used exits 78 with one line that names the fault and no secret', async () => {
    const dataDir = temporaryDataDir();
    writeFileSync(
      join(dataDir, CONFIG_FILE_NAME),
      '{"credentials":[{"name":"a","provider":"p","apikey":"sk-canary"}]}',
    );
    const unknownKey = run(dataDir);
    expect(await unknownKey.exited).toEqual({ code: 78, signal: null });
    expect(unknownKey.stderr()).toMatch(/^dispatch kernel: .*apikey.*\n$/);
    expect(unknownKey.stderr()).not.toContain('canary');
    const badFlag = run(temporaryDataDir(), {}, ['--no-such-flag', 'x']);
    expect(await badFlag.exited).toEqual({ code: 78, signal: null });
    const broken = temporaryDataDir();
    writeFileSync(
      join(broken, 'dispatch.db'),
      'this is no database, and it is longer than a header is'.repeat(100),
    );
    const refused = run(broken);
    expect(await refused.exited).toEqual({ code: 78, signal: null });
    expect(readFileSync(join(broken, 'dispatch.db'), 'utf8')).toMatch(/^this is no database/);
  });

  it('logs JSON lines to stderr, without keys and without what people wrote', async () => {
    const dataDir = temporaryDataDir();
    const env = { OPENAI_API_KEY: 'sk-canary', OPENAI_BASE_URL: 'http://127.0.0.1:9' };
    const kernel = run(dataDir, env);
    await kernel.ready;
    const body = { conversationId: 'c1', message: 'a private word', model: 'openai/gpt' };
    await ask(dataDir, 'POST', '/internal/turns', { body });
    await ask(dataDir, 'GET', '/models');
    kernel.child.kill('SIGTERM');
    await kernel.exited;
    const lines = kernel.stderr().trim().split('\n');
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ name: 'kernel' });
    expect(lines.length).toBeGreaterThan(2);
    expect(kernel.stderr()).not.toMatch(/canary|private/);
  });
});
