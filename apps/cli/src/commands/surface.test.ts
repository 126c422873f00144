import { surfaceSpecFixture } from '@dispatch/ui-contract/fixtures';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CapturedTerminal,
  type CapturedTerminalSetup,
  captureTerminal,
} from '../__fixtures__/captured-terminal.ts';
import { type FakeGateway, type Json, startFakeGateway } from '../__fixtures__/fake-gateway.ts';
import { runCli } from '../program.ts';

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = await startFakeGateway();
  gateway.catalog = [
    { id: 'cache-warming', region: 'side', title: 'Cache Warming', scope: 'conversation' },
    { id: 'table', region: 'side', title: 'A table', scope: 'global' },
  ];
  gateway.routes['GET /conversations'] = () => [
    200,
    { conversations: [{ id: 'cnv_ABC', title: null, status: 'idle' }], nextCursor: null },
  ];
  gateway.onFrame = (frame, send) => {
    const { type, id, conversationId } = frame;
    if (type === 'subscribe') send(state('surface', false, conversationId), { type: 'ack', id });
    if (type === 'invoke')
      send(state('update', frame['payload'] === true, conversationId), { type: 'ack', id });
  };
});
afterEach(() => gateway.close());

/** The surface asked about, with its toggle so. */
function state(type: 'surface' | 'update', isOn: boolean, conversationId: unknown): Json {
  const id = conversationId === undefined ? 'table' : 'cache-warming';
  const [toggle] = surfaceSpecFixture.fields;
  const fields = [{ ...toggle, value: isOn }, ...surfaceSpecFixture.fields.slice(3, 5)];
  const spec = { ...surfaceSpecFixture, id, fields };
  const echo = conversationId === undefined ? {} : { conversationId };
  return type === 'surface' ? { type, spec, ...echo } : { type, update: { surfaceId: id, spec, ...echo } };
}

const shown = (value: string): string =>
  `Cache Warming\nEnabled           ${value}\nLast Cache %      —\nRefresh Interval  240 s  (from 1)\n`;

function start(args: readonly string[], setup: CapturedTerminalSetup = {}) {
  const terminal = captureTerminal({ ...setup, env: { DISPATCH_URL: gateway.url, ...setup.env } });
  return { terminal, code: runCli(args, terminal) };
}

async function run(args: readonly string[], setup: CapturedTerminalSetup = {}) {
  const { terminal, code } = start(args, setup);
  return { code: await code, out: terminal.out(), err: terminal.err() };
}

async function said(terminal: CapturedTerminal, part: string): Promise<void> {
  await vi.waitFor(() => expect(terminal.out()).toContain(part), 15_000);
}

const invoked = (): object[] =>
  gateway.frames.filter(({ type }) => type === 'invoke').map(({ id: _id, type: _type, ...rest }) => rest);

describe('dispatch surfaces', () => {
  it('lists the catalog, whole for programs and aligned for people', async () => {
    const plain = await run(['surfaces']);
    expect(plain).toEqual({
      code: 0,
      out: 'cache-warming\tCache Warming\tconversation\ntable\tA table\tglobal\n',
      err: '',
    });
    const people = await run(['surfaces'], { tty: true, env: { NO_COLOR: '1' } });
    expect(people.out).toBe(
      'cache-warming  Cache Warming  conversation\ntable          A table        global\n',
    );
    expect(JSON.parse((await run(['surfaces', '--json'])).out)).toEqual(gateway.catalog);
  });
});

describe('dispatch surface', () => {
  it('prints one state into a pipe, of the conversation that begins so', async () => {
    expect(await run(['surface', 'cache-warming', '-c', 'cnv_A'])).toEqual({
      code: 0,
      out: shown('○ off'),
      err: '',
    });
    expect(gateway.frames[0]).toMatchObject({ surfaceId: 'cache-warming', conversationId: 'cnv_ABC' });
  });

  it('asks for a global surface without a conversation, and says when one is missing', async () => {
    gateway.onFrame = (frame, send) => {
      const { fields: _, ...spec } = surfaceSpecFixture;
      const empty = { ...spec, id: frame['surfaceId'], fields: [] };
      if (frame['type'] === 'subscribe') send({ type: 'surface', spec: empty });
    };
    expect(await run(['surface', 'table', '-c', 'cnv_A'])).toMatchObject({ code: 0, err: '' });
    expect(gateway.frames[0]).not.toHaveProperty('conversationId');
    const without = await run(['surface', 'cache-warming', '--once']);
    expect(without.code).toBe(0);
    expect(without.err).toContain('dispatch surface cache-warming -c <conversation>');
  });

  it('exits 5 for a surface or a conversation there is not', async () => {
    const surface = await run(['surface', 'nope']);
    expect(surface).toMatchObject({ code: 5, out: '' });
    expect(surface.err).toContain('dispatch surfaces');
    expect(await run(['surface', 'table', '-c', 'elsewhere'])).toMatchObject({ code: 5, out: '' });
  });

  it('prints every state as one line of JSON, or one with --once', async () => {
    const { terminal, code } = start(['surface', 'cache-warming', '-c', 'cnv_A', '--json']);
    await said(terminal, '\n');
    const records = (): Json[] =>
      terminal
        .out()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Json);
    expect(records()).toHaveLength(1);
    gateway.cut();
    await vi.waitFor(() => expect(records()).toHaveLength(2), 15_000);
    expect(records().map(({ id }) => id)).toEqual(['cache-warming', 'cache-warming']);
    gateway.catalog = [];
    gateway.cut();
    await vi.waitFor(() => expect(terminal.err()).toContain('"unknown-surface"'), 15_000);
    gateway.catalog = [{ id: 'cache-warming', region: 'side', title: 'Cache Warming' }];
    terminal.signal('SIGINT');
    expect(await code).toBe(0);
    const once = await run(['surface', 'cache-warming', '-c', 'cnv_A', '--json', '--once']);
    expect(JSON.parse(once.out)).toMatchObject({ id: 'cache-warming' });
  });

  it('follows changes in place on a terminal, says when the gateway is away, and leaves on Ctrl-C', async () => {
    let tell: (frame: Json) => void = () => undefined;
    const answer = gateway.onFrame;
    gateway.onFrame = (frame, send) => {
      tell = send;
      answer(frame, send);
    };
    const { terminal, code } = start(['surface', 'cache-warming', '-c', 'cnv_A'], {
      tty: true,
      env: { NO_COLOR: '1' },
    });
    await said(terminal, `${shown('○ off')}\nCtrl-C leaves. Change it with --do: enabled=on, `);
    tell(state('update', true, 'cnv_ABC'));
    await said(terminal, `\u001b[6A\r\u001b[J${shown('● on')}`);
    tell({ type: 'status', kernel: 'down' });
    await said(terminal, 'The kernel is away');
    gateway.cut();
    await said(terminal, 'The gateway is away');
    const newest = (): string => terminal.out().split('\u001b[J').at(-1) ?? '';
    await vi.waitFor(() => expect(newest()).toMatch(/^Cache Warming\nEnabled +○ off\n/), 15_000);
    await vi.waitFor(() => expect(newest()).not.toContain('away'), 15_000);
    terminal.signal('SIGINT');
    expect(await code).toBe(0);
    expect(terminal.out().endsWith(`\u001b[J${shown('○ off')}`)).toBe(true);
  });
});

it('dispatch surface counts down once a second, by the clock of the backend', async () => {
  // The fake gateway began its time with the epoch.
  const payload = { label: 'Next check', targetAt: 10_000, sinceAt: null };
  const fields = [{ kind: 'custom', rendererId: 'timer', payload }];
  gateway.onFrame = (frame, send) => {
    if (frame['type'] === 'subscribe')
      send({ type: 'surface', spec: { ...surfaceSpecFixture, id: 'table', fields } });
  };
  const { terminal, code } = start(['surface', 'table'], { tty: true, env: { NO_COLOR: '1' } });
  await said(terminal, 'Next check  in 0:10');
  await said(terminal, 'Next check  in 0:09');
  await said(terminal, 'Next check  in 0:08');
  terminal.signal('SIGTERM');
  expect(await code).toBe(143);
});

describe('dispatch surface --do', () => {
  it('acts in order, waits for each, and prints what came of it', async () => {
    const args = [
      'surface',
      'cache-warming',
      '-c',
      'cnv_A',
      '--do',
      'refresh-interval=10',
      '--do',
      'Enabled=on',
    ];
    expect(await run(args)).toEqual({
      code: 0,
      out: shown('● on'),
      err: '✓ Refresh Interval = 10 s\n✓ Enabled = on\n',
    });
    const about = { surfaceId: 'cache-warming', conversationId: 'cnv_ABC' };
    expect(invoked()).toEqual([
      { ...about, actionId: 'cache-warming/set-interval', payload: 10 },
      { ...about, actionId: 'cache-warming/toggle', payload: true },
    ]);
  });

  it('U4: tells a refusal in the words of the backend, exits 1, and does nothing behind it', async () => {
    const answer = gateway.onFrame;
    gateway.onFrame = (frame, send) => {
      if (frame['type'] !== 'invoke') return answer(frame, send);
      const { id, surfaceId } = frame;
      const message = 'It is at most 3300.';
      send({ type: 'error', id, surfaceId, message, code: 'invalid-request', requestId: 'req_9' });
    };
    const args = [
      'surface',
      'cache-warming',
      '-c',
      'cnv_A',
      '--do',
      'refresh-interval=9999',
      '--do',
      'enabled=on',
    ];
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe('Refresh Interval = 9999 s: It is at most 3300.\nrequest req_9\n');
    expect(invoked()).toHaveLength(1);
    const json = await run([...args, '--json']);
    expect(JSON.parse(json.err)).toMatchObject({ code: 'invalid-request', requestId: 'req_9' });
  });

  it('exits 7 when the kernel is away, 2 when there is nothing of that name', async () => {
    const answer = gateway.onFrame;
    gateway.onFrame = (frame, send) => {
      if (frame['type'] !== 'invoke') return answer(frame, send);
      send({ type: 'error', id: frame['id'], message: 'away', code: 'kernel-unavailable', retryable: true });
    };
    const about = ['surface', 'cache-warming', '-c', 'cnv_A', '--do'];
    expect(await run([...about, 'enabled=on'])).toMatchObject({ code: 7, out: '' });
    const wrong = await run([...about, 'enabeld=on']);
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('There is: enabled=on, refresh-interval=<s>');
    expect(invoked()).toHaveLength(1);
  });
});

describe('dispatch warm', () => {
  const usage = { inputTokens: 12_345, outputTokens: 1, cacheReadTokens: 12_000, cacheWriteTokens: 345 };

  it('warms, and prints tokens and retention', async () => {
    gateway.routes['POST /chat/warm'] = () => [200, { ...usage, cachePct: 97, expectedCacheRate: 97 }];
    expect(await run(['warm', 'cnv_A', '-m', 'demo/fast'])).toEqual({
      code: 0,
      out: [
        'input       12,345 tokens',
        'from cache  12,000 tokens (97%)',
        'written        345 tokens',
        'output           1 tokens',
        'retention   97%',
        '',
      ].join('\n'),
      err: '',
    });
    expect(gateway.requests.at(-1)?.body).toBe('{"conversationId":"cnv_ABC","model":"demo/fast"}');
    const json = await run(['warm', 'cnv_A', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ conversationId: 'cnv_ABC', ...usage });
  });

  it('does not call it retention when nothing was told, and exits 6 when there is nothing to warm', async () => {
    const none = { ...usage, cacheReadTokens: 0, cacheWriteTokens: 0, cachePct: 0, expectedCacheRate: 0 };
    gateway.routes['POST /chat/warm'] = () => [200, none];
    expect((await run(['warm', 'cnv_A'])).out).toContain('retention   —');
    const error = { error: 'Nothing yet.', code: 'nothing-to-warm', retryable: false, requestId: 'req_1' };
    gateway.routes['POST /chat/warm'] = () => [409, error];
    expect(await run(['warm', 'cnv_A'])).toMatchObject({ code: 6, out: '' });
  });
});
