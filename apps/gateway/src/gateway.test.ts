import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { problem } from './__fixtures__/fake-answer.ts';
import { FakeKernel } from './__fixtures__/fake-kernel.ts';
import { slowClock } from './__fixtures__/slow-clock.ts';
import { startTestGateway, type TestGateway } from './__fixtures__/test-gateway.ts';
import { openTestSocket, refusedUpgrade } from './__fixtures__/test-socket.ts';
import { pause, until } from './__fixtures__/until.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function testGateway(options: Parameters<typeof startTestGateway>[0] = {}): Promise<TestGateway> {
  const test = await startTestGateway(options);
  cleanups.push(() => test.stop());
  return test;
}

describe('a gateway without kernel', () => {
  it('starts, is healthy, is not ready, and holds requests 2 s before it says 503', async () => {
    const test = await testGateway({ kernel: false });
    expect((await fetch(`${test.httpUrl}/health`)).status).toBe(200);
    const notReady = await fetch(`${test.httpUrl}/readyz`);
    expect(notReady.status).toBe(503);
    expect(await notReady.json()).toMatchObject({ ok: false, code: 'kernel-unavailable', retryable: true });
    expect(await (await fetch(`${test.httpUrl}/version`)).json()).toMatchObject({
      bootId: null,
      epoch: null,
    });
    const started = performance.now();
    const held = await Promise.all([
      fetch(`${test.httpUrl}/models`),
      fetch(`${test.httpUrl}/chat`, { method: 'POST', body: '{"message":"hi"}' }),
    ]);
    expect(performance.now() - started).toBeGreaterThan(1_900);
    for (const response of held) {
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await response.json()).toMatchObject({ code: 'kernel-unavailable', retryable: true });
    }
    expect(await refusedUpgrade(test.wsUrl)).toMatchObject({
      status: 503,
      body: { code: 'kernel-unavailable' },
      headers: { 'retry-after': '1' },
    });
  });

  it('serves what was held as soon as the kernel is there', async () => {
    const test = await testGateway({ kernel: false, parts: { clock: slowClock(4) } });
    const held = fetch(`${test.httpUrl}/models`);
    const socket = openTestSocket(test.wsUrl);
    await pause(200);
    await test.restartKernel();
    expect((await held).status).toBe(200);
    await (await socket).next(({ type }) => type === 'catalog');
    expect((await fetch(`${test.httpUrl}/readyz`)).status).toBe(200);
  });

  it.each([
    ['store-read-only', null],
    ['draining', '1'],
  ])('O3: is not ready when the kernel says %s, and says so too', async (code, retryAfter) => {
    const test = await testGateway();
    test.kernel.readiness = { status: 503, body: problem(code) };
    const response = await fetch(`${test.httpUrl}/readyz`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    expect(await response.json()).toMatchObject({ ok: false, code });
  });
});

describe('a shutdown', () => {
  it('sends sockets away to come back, finishes short requests and refuses new ones', async () => {
    const test = await testGateway();
    const socket = await openTestSocket(test.wsUrl);
    await socket.next(({ type }) => type === 'catalog');
    let answer: () => void = () => undefined;
    test.kernel.onRequest = () =>
      new Promise((resolve) => {
        answer = () => resolve({ status: 200, body: { late: true } });
      });
    const short = fetch(`${test.httpUrl}/models`);
    await until('the kernel is asked', () => test.kernel.requests.length === 1);
    let isDrained = false;
    const drained = test.gateway.drain().then(() => {
      isDrained = true;
    });
    expect(await socket.closed).toBe(1012);
    const bye = socket.frames.at(-1);
    expect(bye).toEqual({ type: 'bye', code: 'draining', resume: true, retryAfterMs: expect.any(Number) });
    await expect(fetch(`${test.httpUrl}/health`, { headers: { connection: 'close' } })).rejects.toThrow();
    expect(isDrained).toBe(false);
    answer();
    expect(await (await short).json()).toEqual({ late: true });
    await drained;
    expect(isDrained).toBe(true);
  });
});

/** The process itself, from its source, as `dispatch up` starts it. */
function startProcess(env: Record<string, string>) {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'gateway-'));
  cleanups.push(() => rmSync(dataDirectory, { recursive: true, force: true }));
  const child = spawn(
    process.execPath,
    ['--conditions=@dispatch/source', '--import', 'tsx', fileURLToPath(new URL('main.ts', import.meta.url))],
    {
      stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
      env: {
        ...process.env,
        DISPATCH_DATA_DIR: dataDirectory,
        DISPATCH_HTTP_PORT: '0',
        DISPATCH_WS_PORT: '0',
        ...env,
      },
    },
  );
  cleanups.push(() => child.kill('SIGKILL'));
  let stderr = '';
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, dataDirectory, exited, stderr: () => stderr };
}

function ready(child: ChildProcess): Promise<{ host: string; httpPort: number; wsPort: number }> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as never)));
}

describe('the process', () => {
  it('announces its ports, ignores SIGINT, and drains with exit code 0 on SIGTERM', async () => {
    const { child, dataDirectory, exited } = startProcess({});
    const { host, httpPort, wsPort } = await ready(child);
    expect(host).toBe('127.0.0.1');
    const kernel = await FakeKernel.start(dataDirectory);
    cleanups.push(() => kernel.kill());
    const socket = await openTestSocket(`ws://127.0.0.1:${wsPort}`);
    child.kill('SIGINT');
    await pause(100);
    expect((await fetch(`http://127.0.0.1:${httpPort}/health`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await socket.closed).toBe(1012);
    expect(await exited).toBe(0);
  });

  it('drains when the pipe of its supervisor ends', async () => {
    const { child, exited } = startProcess({});
    await ready(child);
    child.stdin?.end();
    expect(await exited).toBe(0);
  });

  it.each([
    [{ DISPATCH_HOST: '0.0.0.0' }, /loopback/],
    [{ DISPATCH_AUTH: 'nobody' }, /DISPATCH_AUTH/],
    [{ DISPATCH_HTTP_PORT: 'x' }, /DISPATCH_HTTP_PORT/],
  ])('S-02: refuses %j with 78 and one line', async (env, words) => {
    const { exited, stderr } = startProcess(env as Record<string, string>);
    expect(await exited).toBe(78);
    expect(stderr()).toMatch(words);
    expect(stderr().trim().split('\n')).toHaveLength(1);
  });

  it('says which port is in use and ends with 78', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    cleanups.push(() => other.close());
    await until('it listens', () => other.listening);
    const { port } = other.address() as { port: number };
    const { exited, stderr } = startProcess({ DISPATCH_WS_PORT: String(port) });
    expect(await exited).toBe(78);
    expect(stderr()).toContain(`port ${port}`);
    expect(stderr().trim().split('\n')).toHaveLength(1);
  });
});
