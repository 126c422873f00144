import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CONFIG_FILE_NAME } from '@dispatch/link';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog, startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import { systemClock } from '../clock.ts';
import { checkKernel } from './kernel-check.ts';

const check = (dataDir: string, env: Record<string, string> = {}, offline = true) =>
  checkKernel({
    argv: [],
    env: { DISPATCH_DATA_DIR: dataDir, ...env },
    home: '/nonexistent',
    offline,
    clock: systemClock,
    log: silentLog,
  });

/** A model server that knows one key and whose clock is `aheadMs` before ours. */
async function startModelServer(key: string, aheadMs = 0): Promise<string> {
  const server = createServer((request, response) => {
    const date = new Date(Date.now() + aheadMs).toUTCString();
    const isKnown = request.headers.authorization === `Bearer ${key}`;
    response.writeHead(isKnown ? 200 : 401, { date, 'content-type': 'application/json' });
    response.end(
      JSON.stringify(isKnown ? { data: [{ id: 'small' }] } : { error: { message: `bad ${key}` } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

describe('--check before the first start', () => {
  it('finds nothing there, says where it would be, and makes nothing', async () => {
    const dataDir = join(temporaryDataDir(), 'not/yet');
    const found = await check(dataDir);
    expect(found).toMatchObject({
      v: 1,
      native: { loads: true, sqlite: expect.stringMatching(/^3\./) },
      dataDirectory: { path: dataDir, state: 'absent', writable: true, freeBytes: expect.any(Number) },
      sockets: { directory: dataDir, apart: false },
      lock: { held: false },
      database: { state: 'absent' },
      settingsFault: null,
      disabledExtensions: [],
      models: [{ name: 'demo/writer', use: 'default', hasCredential: true, isListed: true }],
    });
    expect(existsSync(dataDir)).toBe(false);
  });

  it('tells a place where nothing can be made, and one that is no folder', async () => {
    const file = join(temporaryDataDir(), 'file');
    writeFileSync(file, '');
    expect((await check(file)).dataDirectory).toMatchObject({ state: 'other', writable: false });
    expect((await check(join(file, 'below'))).dataDirectory.writable).toBe(false);
  });
});

describe('--check of settings', () => {
  it('goes on with everything else when they cannot be used', async () => {
    const dataDir = temporaryDataDir();
    writeFileSync(
      join(dataDir, CONFIG_FILE_NAME),
      '{"credentials":[{"name":"a","provider":"p","apikey":"sk-canary"}]}',
    );
    chmodSync(join(dataDir, CONFIG_FILE_NAME), 0o644);
    const found = await check(dataDir, { DISPATCH_DATA_DRI: 'x' });
    expect(found.settingsFault).toMatch(/apikey.*did you mean apiKey\?$/);
    expect(found.unknownVariables).toEqual([{ name: 'DISPATCH_DATA_DRI', meant: 'DISPATCH_DATA_DIR' }]);
    expect(found.secretFiles).toContainEqual({
      from: CONFIG_FILE_NAME,
      path: join(dataDir, CONFIG_FILE_NAME),
      mode: 0o644,
    });
    expect(found).toMatchObject({ credentials: [], models: [], dataDirectory: { state: 'directory' } });
    expect(JSON.stringify(found)).not.toContain('canary');
    expect((await check(dataDir, { DISPATCH_LOG_LEVEL: 'loud' })).settingsFault).toContain(
      'DISPATCH_LOG_LEVEL',
    );
  });

  it('names files with secrets and their modes, and never what they hold', async () => {
    const dataDir = temporaryDataDir();
    const key = join(dataDir, 'key');
    writeFileSync(key, 'sk-canary');
    chmodSync(key, 0o640);
    const credentials = [{ name: 'a', provider: 'anthropic', apiKeyFile: key }];
    writeFileSync(join(dataDir, CONFIG_FILE_NAME), JSON.stringify({ credentials }));
    const found = await check(dataDir, { OPENAI_API_KEY_FILE: key });
    expect(found.secretFiles.slice(0, 2)).toEqual([
      { from: 'OPENAI_API_KEY_FILE', path: key, mode: 0o640 },
      { from: 'apiKeyFile of the credential a', path: key, mode: 0o640 },
    ]);
    expect(found.secretFiles.some(({ from }) => from === CONFIG_FILE_NAME)).toBe(false);
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it('says whether the named models can be had', async () => {
    const dataDir = temporaryDataDir();
    const file = { fallbackModels: ['demo/nobody', 'absent/model'] };
    writeFileSync(join(dataDir, CONFIG_FILE_NAME), JSON.stringify(file));
    expect((await check(dataDir)).models.slice(1)).toEqual([
      { name: 'demo/nobody', use: 'fallback', hasCredential: true, isListed: false },
      { name: 'absent/model', use: 'fallback', hasCredential: false, isListed: null },
    ]);
  });
});

describe('--check of credentials', () => {
  it('asks each for its models and compares the clocks', async () => {
    const dataDir = temporaryDataDir();
    const [right, ahead] = [await startModelServer('sk-right'), await startModelServer('sk-right', 600_000)];
    const credentials = [
      { name: 'ahead', provider: 'openai-compatible', apiKey: 'sk-right', baseUrl: ahead },
      { name: 'wrong', provider: 'openai-compatible', apiKey: 'sk-wrong-canary', baseUrl: right },
      { name: 'named', provider: 'openai-compatible', baseUrl: right, models: ['m'] },
      { name: 'alien', provider: 'nobody' },
    ];
    writeFileSync(join(dataDir, CONFIG_FILE_NAME), JSON.stringify({ credentials }));
    const env = {
      OPENAI_API_KEY: 'sk-right',
      OPENAI_BASE_URL: right,
      DISPATCH_DEFAULT_MODEL: 'openai/small',
    };
    const found = await check(dataDir, env, false);
    const answers = found.credentials.map(({ name, answer }) => [name, answer]);
    expect(answers).toEqual([
      ['demo', { state: 'listed', models: ['fast', 'fickle', 'tools', 'writer'] }],
      ['openai', { state: 'listed', models: ['small'] }],
      ['ahead', { state: 'listed', models: ['small'] }],
      ['wrong', { state: 'failed', code: 'authentication-failed', message: expect.any(String) }],
      ['named', { state: 'not-asked', reason: 'listed-by-operator' }],
      ['alien', { state: 'not-asked', reason: 'no-provider' }],
    ]);
    const skews = Object.fromEntries(found.credentials.map(({ name, clockSkewMs }) => [name, clockSkewMs]));
    expect(Math.abs(Number(skews['openai']))).toBeLessThan(30_000);
    expect(Math.abs(Number(skews['ahead']) - 600_000)).toBeLessThan(30_000);
    expect(skews).toMatchObject({ demo: null, named: null, alien: null });
    expect(found.models).toEqual([
      { name: 'openai/small', use: 'default', hasCredential: true, isListed: true },
    ]);
    expect(JSON.stringify(found)).not.toMatch(/sk-right|canary/);
  });

  it('asks nobody when it is told to stay offline', async () => {
    const env = { OPENAI_BASE_URL: await startModelServer('k') };
    const { credentials } = await check(temporaryDataDir(), env);
    expect(credentials.at(-1)).toMatchObject({
      name: 'openai',
      hasKey: false,
      answer: { state: 'not-asked', reason: 'offline' },
    });
  });
});

describe('--check beside a running kernel', () => {
  it('finds who runs, reads its database, and leaves the folder as it is', async () => {
    const dataDir = temporaryDataDir();
    const kernel = await startTestKernel(dataDir);
    onTestFinished(() => kernel.stop(0));
    mkdirSync(join(dataDir, 'other'));
    const before = readdirSync(dataDir).sort();
    const found = await check(dataDir);
    expect(found.lock).toEqual({ held: true, pid: process.pid });
    expect(found.database).toMatchObject({
      state: 'readable',
      epoch: kernel.epoch,
      found: [],
      pendingMigrations: 0,
    });
    expect(readdirSync(dataDir).sort()).toEqual(before);
  });
});
