import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startScriptedModelServer } from '@dispatch/testkit';
import {
  appEntry,
  createDataDirectory,
  freePort,
  request,
  runCli,
  startDispatch,
  startProcess,
} from '@dispatch/tests-processes';
import { describe, expect, it, onTestFinished } from 'vitest';

type Env = Readonly<Record<string, string>>;

/** A data directory and ports of its own, so that no test meets another one's Dispatch. */
async function place(): Promise<{ readonly dataDir: string; readonly env: Env }> {
  const directory = createDataDirectory();
  onTestFinished(() => directory.remove());
  const ports = { DISPATCH_HTTP_PORT: String(await freePort()), DISPATCH_WS_PORT: String(await freePort()) };
  return { dataDir: directory.path, env: { DISPATCH_DATA_DIR: directory.path, ...ports } };
}

/** What is not in order, and what to type then, by check. */
async function findings(env: Env, ...flags: string[]) {
  const { code, stdout, stderr } = await runCli(['doctor', '--json', ...flags], env);
  const { status, checks } = JSON.parse(stdout + stderr) as {
    status: string;
    checks: { id: string; state: string; evidence: string; next?: string }[];
  };
  const found = checks.filter(({ state }) => state !== 'ok');
  expect({ code, status }).toEqual(
    found.length === 0 ? { code: 0, status: 'ok' } : { code: 3, status: 'findings' },
  );
  for (const one of found) expect(one.next).toMatch(/./);
  return { checks, ids: found.map(({ id }) => id), of: (id: string) => found.find((one) => one.id === id) };
}

const type = (command: string | undefined) => execFileSync('/bin/sh', ['-c', command ?? 'false']);

/** A kernel and a gateway without supervisor, and the settings they run with. */
async function startPair(dataDir: string) {
  const dispatch = await startDispatch({ dataDir });
  onTestFinished(() => dispatch.stop());
  const env = {
    DISPATCH_DATA_DIR: dataDir,
    DISPATCH_HTTP_PORT: new URL(dispatch.httpUrl).port,
    DISPATCH_WS_PORT: new URL(dispatch.wsUrl).port,
  };
  return { dispatch, env };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('dispatch doctor', () => {
  it('is green on a fresh machine, says how to start, and makes nothing', async () => {
    const home = mkdtempSync(join(tmpdir(), 'dispatch-home-'));
    onTestFinished(() => rmSync(home, { recursive: true }));
    const { env } = await place();
    const { DISPATCH_DATA_DIR: _, ...ports } = env as Record<string, string>;
    const { code, stdout, stderr } = await runCli(['doctor'], { HOME: home, ...ports });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${home}/.local/share/dispatch is not there yet`);
    expect(stdout).toContain('start it: npm start');
    expect(stdout.trim().split('\n').at(-1)).toBe('Everything is in order.');
    expect(existsSync(join(home, '.local'))).toBe(false);
  });

  it('is green beside a Dispatch that runs, knows it for this one, and leaves it alone', async () => {
    const { dataDir, env } = await place();
    const up = startProcess(appEntry('cli'), ['up'], env);
    onTestFinished(() => void up.kill('SIGTERM'));
    const { url } = await up.ready;
    await request(String(url), 'POST', '/conversations/c1/close');
    const { checks, ids } = await findings(env);
    expect(ids).toEqual([]);
    const evidence = (id: string) => checks.find((one) => one.id === id)?.evidence;
    expect(evidence('supervisor')).toBe(`dispatch up, process ${up.pid}`);
    expect(evidence('lock')).toMatch(/^it runs, process \d+$/);
    expect(evidence('http-port')).toContain('is ours');
    expect(evidence('database')).toContain('SQLite finds nothing wrong');
    expect((await request(String(url), 'GET', '/readyz')).status).toBe(200);

    const elsewhere = await findings({ ...env, DISPATCH_DATA_DIR: join(dataDir, 'other') });
    expect(elsewhere.of('http-port')?.evidence).toContain('over another data directory');
    const otherPorts = await findings({ ...env, DISPATCH_HTTP_PORT: String(await freePort()) });
    expect(otherPorts.of('readiness')?.evidence).toContain('a kernel runs, but no gateway answers');
  });

  it('says who is missing when one of the two has died', async () => {
    const { dispatch, env } = await startPair((await place()).dataDir);
    expect((await findings(env)).ids).toEqual(['supervisor']);
    await dispatch.kernel.kill();
    const { of, ids } = await findings(env);
    expect(ids).toEqual(['readiness']);
    expect(of('readiness')?.evidence).toContain('its kernel, which does not run');
    await dispatch.startKernel();
    await dispatch.gateway.kill();
    expect((await findings(env)).of('readiness')?.evidence).toContain('no gateway answers');
  });

  it('finds modes that let others read, and the commands it gives make them right', async () => {
    const { dataDir, env } = await place();
    const credentials = [{ name: 'mine', provider: 'anthropic', apiKey: 'sk-canary', models: ['m'] }];
    writeFileSync(join(dataDir, 'dispatch.config.json'), JSON.stringify({ credentials }));
    chmodSync(join(dataDir, 'dispatch.config.json'), 0o644);
    chmodSync(dataDir, 0o755);
    const { ids, of, checks } = await findings(env);
    expect(ids).toEqual(['secret-files', 'data-directory']);
    expect(JSON.stringify(checks)).not.toContain('canary');
    for (const id of ids) type(of(id)?.next);
    expect((await findings(env)).ids).toEqual([]);
  });

  it('finds a place where no data directory can be made', async () => {
    const { dataDir, env } = await place();
    writeFileSync(join(dataDir, 'file'), '');
    const { ids, of } = await findings({ ...env, DISPATCH_DATA_DIR: join(dataDir, 'file', 'below') });
    expect(ids).toContain('data-directory');
    expect(of('data-directory')?.evidence).toContain('nothing can be made in');
  });

  it('finds a misspelt key and a misspelt variable, with what was meant', async () => {
    const { dataDir, env } = await place();
    writeFileSync(join(dataDir, 'dispatch.config.json'), '{"defualtModel":"demo/fast"}');
    const { ids, of } = await findings({ ...env, DISPATCH_HTTP_PROT: '1' });
    expect(ids).toEqual(['configuration', 'variables', 'bind']);
    expect(of('configuration')?.evidence).toContain('did you mean defaultModel?');
    expect(of('configuration')?.next).toContain(join(dataDir, 'dispatch.config.json'));
    expect(of('variables')?.next).toBe('unset DISPATCH_HTTP_PROT');
    const open = await findings({
      ...env,
      DISPATCH_HOST: '0.0.0.0',
      DISPATCH_DATA_DIR: join(dataDir, 'new'),
    });
    expect(open.of('bind')?.next).toBe('unset DISPATCH_HOST');
  });

  it('finds a database whose header is gone, and the command it gives lets Dispatch start again', async () => {
    const { dataDir, env } = await place();
    const { dispatch: first } = await startPair(dataDir);
    await first.kernel.kill('SIGTERM');
    await first.stop();
    expect((await findings(env)).ids).toEqual([]);
    const descriptor = openSync(join(dataDir, 'dispatch.db'), 'r+');
    writeSync(descriptor, Buffer.alloc(100, 0xff), 0, 100, 0);
    closeSync(descriptor);
    const { ids, of } = await findings(env);
    expect(ids).toEqual(['database']);
    expect(of('database')?.evidence).toContain('restore it from a backup, or move it away');
    type(of('database')?.next);
    expect((await findings(env)).ids).toEqual([]);
    expect(existsSync(join(dataDir, 'damaged', 'dispatch.db'))).toBe(true);
    await startPair(dataDir);
  });

  it('finds a port that another program has', async () => {
    const { env } = await place();
    const port = await listen(createServer((_request, response) => response.writeHead(404).end('no')));
    const { ids, of } = await findings({ ...env, DISPATCH_HTTP_PORT: String(port) });
    expect(ids).toEqual(['http-port']);
    expect(of('http-port')).toMatchObject({
      evidence: expect.stringContaining('another program, which answers with status 404'),
      next: `ss -ltnp 'sport = :${port}'`,
    });
  });

  it('finds a wrong key, a wrong clock and a server that is away, and leaves the network out when asked', async () => {
    const { env } = await place();
    const models = await startScriptedModelServer({ models: ['scripted'] });
    onTestFinished(() => models.close());
    // The scripted server takes any key; this door before it knows one, and its clock is wrong.
    const door = createServer((incoming, response) => {
      const headers = { date: new Date(Date.now() - 3_600_000).toUTCString() };
      if (incoming.headers.authorization !== 'Bearer sk-right')
        return void response.writeHead(401, headers).end('{}');
      httpRequest(`${models.url}${incoming.url}`, (answer) => {
        response.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...headers });
        answer.pipe(response);
      }).end();
    });
    const OPENAI_BASE_URL = `http://127.0.0.1:${await listen(door)}/v1`;
    const wrong = { ...env, OPENAI_BASE_URL, OPENAI_API_KEY: 'sk-wrong-canary' };
    const refused = await findings(wrong);
    expect(refused.ids).toEqual(['credential-openai', 'clock']);
    expect(refused.of('credential-openai')).toMatchObject({
      state: 'problem',
      evidence: expect.stringContaining('authentication-failed'),
      next: 'export OPENAI_API_KEY=<another key>',
    });
    expect(refused.of('clock')?.evidence).toMatch(/^3[56]\d\d s ahead of the one of openai$/);
    expect(JSON.stringify(refused.checks)).not.toContain('canary');

    const right = await findings(
      { ...env, OPENAI_BASE_URL, OPENAI_API_KEY: 'sk-right' },
      '--default-model',
      'openai/scripted',
    );
    expect(right.ids).toEqual(['clock']);
    const unlisted = await findings(
      { ...env, OPENAI_BASE_URL, OPENAI_API_KEY: 'sk-right' },
      '--default-model',
      'openai/none',
    );
    expect(unlisted.ids).toEqual(['clock', 'default-model']);
    const away = await findings({ ...env, OPENAI_BASE_URL: `http://127.0.0.1:${await freePort()}/v1` });
    expect(away.of('credential-openai')).toMatchObject({
      state: 'warning',
      next: expect.stringContaining('curl'),
    });

    models.reset();
    expect((await findings(wrong, '--offline')).ids).toEqual([]);
    expect(models.requests).toEqual([]);
  });
});
