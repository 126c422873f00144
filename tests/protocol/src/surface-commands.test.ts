import { type ChildProcess, spawn } from 'node:child_process';
import {
  appEntry,
  type DispatchProcesses,
  eventually,
  runCli,
  startDispatch,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const CONVERSATION = 'cnv_surface_commands';

let dispatch: DispatchProcesses;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  dispatch = await startDispatch();
  env = { DISPATCH_URL: dispatch.httpUrl };
  await streamChat(dispatch.httpUrl, { conversationId: CONVERSATION, message: 'hello', model: 'demo/fast' });
});
afterAll(() => dispatch.stop());

const cli = (...args: string[]) => runCli(args, env);
const warming = (...args: string[]) => cli('surface', 'cache-warming', '-c', 'cnv_surface', ...args);

interface Spec {
  readonly fields: readonly {
    readonly label?: string;
    readonly value?: unknown;
    readonly payload?: unknown;
  }[];
}

/** A command that goes on until it is told to leave, and the JSON it printed so far. */
function startStream(...args: string[]): { readonly child: ChildProcess; readonly specs: () => Spec[] } {
  const child = spawn(process.execPath, [appEntry('cli'), ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString('utf8');
  });
  const lines = (): string[] => text.split('\n').slice(0, -1);
  return { child, specs: () => lines().map((line) => JSON.parse(line) as Spec) };
}

const fieldOf = (spec: Spec | undefined, label: string) =>
  spec?.fields.find((field) => field.label === label);

describe('dispatch surfaces and dispatch surface, over real processes', () => {
  it('U1: lists the surfaces of the bundled extensions, each with its scope', async () => {
    const { code, stdout } = await cli('surfaces');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        'loaded-extensions\tLoaded Extensions\tglobal',
        'cache-warming\tCache Warming\tconversation',
      ]),
    );
  });

  it('U5: the table of loaded extensions has as many rows as it counts', async () => {
    const { code, stdout, stderr } = await cli('surface', 'loaded-extensions');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [title, count, , head, ...rows] = stdout.trimEnd().split('\n');
    expect(title).toBe('Loaded Extensions');
    expect(head).toMatch(/^Name +Version +Trust +Activation$/);
    expect(count).toBe(`Loaded  ${rows.length}`);
    expect(rows.join('\n')).toMatch(/^Cache Warming +\d+\.\d+\.\d+ +bundled +eager$/m);
  });

  it('U4: acts in order, tells a refusal in the words of the backend, and warms by hand', async () => {
    const on = await warming('--do', 'refresh-interval=600', '--do', 'Enabled=on');
    expect(on.code).toBe(0);
    expect(on.stdout).toMatch(/^Enabled +● on\nRefresh Interval +600 s {2}\(1 to 3300\)$/m);
    expect(on.stdout).toMatch(/^Next warm +in (10:0|9:5)\d$/m);

    const refused = await warming('--do', 'refresh-interval=99999', '--do', 'enabled=off');
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('at most 3300');
    expect(refused.stderr).toMatch(/^request req_/m);
    expect(fieldOf(JSON.parse((await warming('--once', '--json')).stdout), 'Enabled')?.value).toBe(true);

    const warm = await cli('warm', 'cnv_surface');
    expect(warm.code).toBe(0);
    expect(warm.stdout).toMatch(/^input +\d+ tokens\nfrom cache +\d+ tokens \(\d+%\)$/m);
    expect(warm.stdout).toMatch(/^retention +\d+%$/m);
    expect((await warming()).stdout).toMatch(/^Next warm +in (10:0|9:5)\d · last 0:\d\d ago$/m);
    expect((await warming('--do', 'enabled=off')).stdout).toMatch(/^Next warm +not planned · last/m);
  });

  it('follows what others do, through a kernel and a gateway that are killed', async () => {
    const stream = startStream('surface', 'cache-warming', '-c', CONVERSATION);
    const intervals = () => stream.specs().map((spec) => fieldOf(spec, 'Refresh Interval')?.value);
    await eventually('the first state', () => stream.specs()[0]);
    await warming('--do', 'refresh-interval=700');
    await eventually('the change', () => intervals().at(-1) === 700);
    await dispatch.kernel.kill();
    await dispatch.startKernel();
    await eventually(
      'the kernel is back',
      async () => (await warming('--do', 'refresh-interval=800')).code === 0 || undefined,
    );
    await eventually('the change behind the kernel', () => intervals().at(-1) === 800);
    await dispatch.gateway.kill();
    await dispatch.startGateway();
    await eventually(
      'the gateway is back',
      async () => (await warming('--do', 'refresh-interval=900')).code === 0 || undefined,
    );
    await eventually('the change behind the gateway', () => intervals().at(-1) === 900);
    const left = new Promise((resolve) => stream.child.once('exit', resolve));
    stream.child.kill('SIGINT');
    expect(await left).toBe(0);
  });
});
