import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CapturedTerminalSetup, captureTerminal } from './__fixtures__/captured-terminal.ts';
import { type FakeGateway, startFakeGateway } from './__fixtures__/fake-gateway.ts';
import { runCli } from './program.ts';

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = await startFakeGateway();
});
afterEach(() => gateway.close());

async function run(args: readonly string[], setup: CapturedTerminalSetup = {}) {
  const terminal = captureTerminal({ ...setup, env: { DISPATCH_URL: gateway.url, ...setup.env } });
  const code = await runCli(args, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

const summary = (id: string, more: object = {}): object => ({
  id,
  title: `About ${id}`,
  status: 'idle',
  model: null,
  cwd: null,
  createdAt: 0,
  lastActivityAt: 0,
  ...more,
});

function knows(...ids: string[]): void {
  gateway.routes['GET /conversations'] = () => [
    200,
    { conversations: ids.map((id) => summary(id)), nextCursor: null },
  ];
}

describe('dispatch', () => {
  it('prints help with examples on stdout, and its version', async () => {
    const help = await run(['--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('Examples:');
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('suggests the command that was meant, and exits 2', async () => {
    const { code, out, err } = await run(['lsit']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('list');
  });

  it.each([
    [['list', '--limit', 'many']],
    [['read']],
    [['list', '--status', 'asleep']],
    [['models', '--no-such']],
    [['nothing']],
  ])('reports the wrong line %j as one line of JSON when JSON is wanted', async (args) => {
    const { code, out, err } = await run([...args, '--json']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(err)).toMatchObject({ code: 'usage', retryable: false });
  });

  it('exits 7 when no gateway answers, with what to do', async () => {
    const { code, err } = await run(['models', '--url', 'http://127.0.0.1:1']);
    expect(code).toBe(7);
    expect(err).toContain('No gateway answers at http://127.0.0.1:1');
    expect(err).toContain('dispatch up');
    const json = await run(['models', '--url', 'http://127.0.0.1:1', '--json']);
    expect(JSON.parse(json.err)).toMatchObject({ code: 'unreachable', retryable: true });
  });

  it.each<readonly [number, string, number]>([
    [400, 'invalid-request', 2],
    [401, 'unauthorized', 4],
    [403, 'forbidden-host', 4],
    [404, 'not-found', 5],
    [422, 'idempotency-mismatch', 6],
    [503, 'kernel-unavailable', 7],
    [500, 'internal', 1],
  ])('turns status %i %s into exit code %i', async (status, code, exitCode) => {
    const body = { error: 'so it is', code, retryable: false, requestId: 'req_7' };
    gateway.routes['GET /models'] = () => [status, body];
    const result = await run(['models']);
    expect(result.code).toBe(exitCode);
    expect(result.err).toContain('so it is');
    expect(result.err).toContain('req_7');
  });
});

describe('dispatch models', () => {
  it('prints a name a line, and what is unavailable beside', async () => {
    const unavailable = [{ credential: 'openai', message: 'no answer' }];
    gateway.routes['GET /models'] = () => [200, { models: ['demo/fast', 'demo/writer'], unavailable }];
    const plain = await run(['models']);
    expect(plain).toEqual({ code: 0, out: 'demo/fast\ndemo/writer\n', err: 'openai: no answer\n' });
    const json = await run(['models', '--json']);
    expect(JSON.parse(json.out + json.err)).toEqual(['demo/fast', 'demo/writer']);
  });
});

describe('dispatch list', () => {
  it('prints whole records to a program and aligned ones to a person', async () => {
    knows('cnv_A', 'cnv_LONGER');
    const plain = await run(['list', '-q', 'About', '--status', 'idle']);
    expect(plain.out).toBe(
      'cnv_A\tidle\t1970-01-01T00:00:00.000Z\tAbout cnv_A\ncnv_LONGER\tidle\t1970-01-01T00:00:00.000Z\tAbout cnv_LONGER\n',
    );
    expect(gateway.requests[0]?.line).toBe('GET /conversations?q=About&status=idle&limit=50');
    const shown = await run(['list'], { tty: true, env: { NO_COLOR: '1' } });
    expect(shown.out).toMatch(/^cnv_A {7}idle {2} +\d+ d {2}About cnv_A$/m);
  });

  it('prints an empty list as an empty array', async () => {
    knows();
    const { out, err } = await run(['list', '--json']);
    expect(JSON.parse(out + err)).toEqual([]);
  });

  it('reads on until it has what was asked for', async () => {
    gateway.routes['GET /conversations'] = (query) => {
      const start = Number(query.get('cursor') ?? 0);
      const count = Number(query.get('limit'));
      const conversations = Array.from({ length: count }, (_, index) => summary(`cnv_${start + index}`));
      return [200, { conversations, nextCursor: String(start + count) }];
    };
    const { out } = await run(['list', '--limit', '450', '--json']);
    const ids = (JSON.parse(out) as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 450 }, (_, index) => `cnv_${index}`));
  });
});

describe('dispatch read', () => {
  const chunks = [
    { seq: 1, role: 'user', turnId: 'trn_1', chunk: { type: 'text', text: 'What time is it?' } },
    {
      seq: 2,
      role: 'assistant',
      turnId: 'trn_1',
      chunk: { type: 'tool-call', toolCallId: 'a', toolName: 'clock', input: { zone: 'UTC' } },
    },
    {
      seq: 3,
      role: 'tool',
      turnId: 'trn_1',
      chunk: { type: 'tool-result', toolCallId: 'a', toolName: 'clock', content: '12:00', isError: false },
    },
    { seq: 4, role: 'assistant', turnId: 'trn_1', chunk: { type: 'text', text: 'It is tw' } },
  ];
  beforeEach(() => {
    knows('cnv_ABC');
    gateway.routes['GET /conversations/cnv_ABC'] = () => [200, { chunks, latestSeq: 4 }];
    gateway.routes['GET /conversations/cnv_ABC/metrics'] = () => [
      200,
      { turns: [{ turnId: 'trn_1', usage: {}, steps: [], reason: 'interrupted' }] },
    ];
  });

  it('prints the conversation readably, and where an answer was cut short', async () => {
    const { code, out } = await run(['read', 'cnv_A']);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'you',
        'What time is it?',
        '',
        'assistant',
        '→ clock {"zone":"UTC"}',
        '✓ clock 12:00',
        'It is tw',
        '(ended: interrupted)',
        '',
      ].join('\n'),
    );
  });

  it('ST2: shows as the reader’s own what they steered into a turn', async () => {
    const steered = { type: 'system', text: 'In Tokyo', steered: true };
    const more = [...chunks.slice(0, 3), { seq: 4, role: 'system', turnId: 'trn_1', chunk: steered }];
    gateway.routes['GET /conversations/cnv_ABC'] = () => [200, { chunks: more, latestSeq: 4 }];
    expect((await run(['read', 'cnv_A'])).out).toContain('✓ clock 12:00\n\nyou\nIn Tokyo\n');
  });

  it('is one JSON document when that is wanted', async () => {
    const { out, err } = await run(['read', 'cnv_ABC', '--since', '0', '--limit', '9', '--json']);
    expect(JSON.parse(out + err)).toEqual({ conversationId: 'cnv_ABC', chunks, latestSeq: 4 });
    expect(gateway.requests.at(-1)?.line).toBe('GET /conversations/cnv_ABC?sinceSeq=0&limit=9&view=active');
  });

  it('exits 5 when nothing has that id', async () => {
    knows();
    gateway.routes['GET /conversations/cnv_Z'] = () => [200, { chunks: [], latestSeq: 0 }];
    const { code, out, err } = await run(['read', 'cnv_Z']);
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toContain('is empty');
  });

  it('means the conversation of exactly this id, however many list before it', async () => {
    gateway.routes['GET /conversations/cnv_ABC/status'] = () => [
      200,
      { conversationId: 'cnv_ABC', status: 'idle', turnId: null, title: 'Mine', model: null, cwd: null },
    ];
    knows('cnv_ABC1', 'cnv_ABC2');
    const { code, err } = await run(['read', 'cnv_ABC']);
    expect(code).toBe(0);
    expect(err).toContain('Mine');
  });

  const pages = (...all: readonly (readonly object[])[]): void => {
    gateway.routes['GET /conversations'] = (query) => {
      const at = Number(query.get('cursor') ?? 0);
      return [200, { conversations: all[at], nextCursor: at + 1 < all.length ? String(at + 1) : null }];
    };
  };

  it('finds a beginning on any page of the list', async () => {
    pages([summary('other', { title: 'cnv_A' })], [], [summary('cnv_ABC')]);
    expect((await run(['read', 'cnv_A'])).out).toContain('What time is it?');
  });

  it('finds an exact id of which nothing else is known, and what is ambiguous across pages', async () => {
    pages([summary('cnv_ABCD'), summary('cnv_ABCE')], [summary('cnv_ABC', { title: null })]);
    expect((await run(['read', 'cnv_ABC'])).code).toBe(0);
    pages([summary('cnv_A1')], [summary('cnv_A2')]);
    const { code, err } = await run(['read', 'cnv_A']);
    expect(code).toBe(5);
    expect(err).toContain('cnv_A1');
    expect(err).toContain('cnv_A2');
  });

  it('an empty id means no conversation at all', async () => {
    expect(await run(['read', ''])).toMatchObject({ code: 2, out: '' });
    expect(gateway.requests).toEqual([]);
  });

  it('exits 5 when several have it, and names them', async () => {
    knows('cnv_A1', 'cnv_A2');
    const { code, err } = await run(['read', 'cnv_A']);
    expect(code).toBe(5);
    expect(err).toContain('cnv_A1');
    expect(err).toContain('cnv_A2');
  });

  it('takes escape sequences out of what it shows on a terminal', async () => {
    const text = 'safe\u001b[2Jtext';
    gateway.routes['GET /conversations/cnv_ABC'] = () => [
      200,
      { chunks: [{ seq: 1, role: 'assistant', chunk: { type: 'text', text } }], latestSeq: 1 },
    ];
    const { out } = await run(['read', 'cnv_ABC'], { tty: true, env: { NO_COLOR: '1' } });
    expect(out).toContain('safe[2Jtext');
    expect(out).not.toContain('\u001b');
  });
});

describe('dispatch stop', () => {
  it('stops the turn that runs, or only the one that is named', async () => {
    knows('cnv_A');
    gateway.routes['POST /conversations/cnv_A/stop'] = () => [
      200,
      { conversationId: 'cnv_A', stopped: true, turnId: 'trn_1' },
    ];
    expect(await run(['stop', 'cnv_A'])).toMatchObject({ code: 0, out: 'Stopped trn_1 in cnv_A.\n' });
    await run(['stop', 'cnv_A', '--turn', 'trn_1']);
    expect(gateway.requests.at(-1)?.body).toBe('{"turnId":"trn_1"}');
  });

  it('exits 5 when nothing has that id', async () => {
    knows();
    expect(await run(['stop', 'cnv_Z'])).toMatchObject({ code: 5, out: '' });
  });
});
