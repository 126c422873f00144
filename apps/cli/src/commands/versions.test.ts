import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureTerminal } from '../__fixtures__/captured-terminal.ts';
import { type FakeGateway, type Json, startFakeGateway, turnFrames } from '../__fixtures__/fake-gateway.ts';
import { runCli } from '../program.ts';

const said = (seq: number, turnId: string, text: string): Json => ({
  seq,
  role: 'user',
  turnId,
  chunk: { type: 'text', text },
});
const version = (number: number, more: Json = {}): Json => ({
  turnId: `trn_${number}`,
  version: number,
  active: number === 2,
  startedAt: 0,
  sealedAt: 1,
  reason: 'stop',
  model: 'demo/fast',
  effects: [],
  ...more,
});
const effects = [{ kind: 'tool', id: 'eff_1', summary: 'ls\u202e -l' }];

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = await startFakeGateway();
  gateway.routes['GET /conversations'] = () => [
    200,
    { conversations: [{ id: 'cnv_A', title: null, status: 'idle' }], nextCursor: null },
  ];
  const log = [said(1, 'trn_0', 'one'), said(2, 'trn_1', 'two'), said(3, 'trn_2', 'two again')];
  gateway.routes['GET /conversations/cnv_A'] = (query) => [
    200,
    { chunks: query.get('view') === 'active' ? log.slice(-1) : log, latestSeq: 3 },
  ];
  gateway.routes['GET /conversations/cnv_A/versions'] = () => [
    200,
    { conversationId: 'cnv_A', beatId: 'trn_1', versions: [version(1, { effects }), version(2)] },
  ];
});
afterEach(() => gateway.close());

async function run(...args: string[]) {
  const terminal = captureTerminal({ env: { DISPATCH_URL: gateway.url } });
  const code = await runCli(args, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

/** The body of the last request, without the key that is minted for it. */
function asked(): Json {
  const { idempotencyKey, ...body } = JSON.parse(gateway.requests.at(-1)?.body ?? '') as Json;
  expect(idempotencyKey).toMatch(/^key_/);
  return body;
}

it('means the first turn while it runs and nothing else was said', async () => {
  gateway.routes['GET /conversations/cnv_A'] = () => [200, { chunks: [], latestSeq: 0 }];
  gateway.routes['GET /conversations/cnv_A/status'] = () => [200, { status: 'active', turnId: 'trn_1' }];
  const { code } = await run('versions', 'cnv_A');
  expect(code).toBe(0);
  expect(gateway.requests.at(-1)?.line).toBe('GET /conversations/cnv_A/versions?turnId=trn_1');
});

describe('dispatch regenerate', () => {
  const begun = { conversationId: 'cnv_A', turnId: 'trn_3', beatId: 'trn_1', version: 3 };
  beforeEach(() => {
    gateway.onFrame = (frame, send) => {
      if (frame['type'] !== 'chat.subscribe') return;
      gateway.routes['POST /conversations/cnv_A/regenerate'] = () => {
        const events = [
          { type: 'text-delta', delta: 'anew' },
          { type: 'done', reason: 'stop' },
          { type: 'turn-sealed' },
        ];
        send(...turnFrames('cnv_A', 'trn_3', events));
        return [202, { ...begun, irreversible: effects }];
      };
    };
  });

  it('RG10: answers the newest shown message once more, and tells what stays outside', async () => {
    const { code, out, err } = await run('regenerate', 'cnv');
    expect({ code, out }).toEqual({ code: 0, out: 'anew\n' });
    expect(asked()).toEqual({ turnId: 'trn_2' });
    expect(err).toContain('version 3');
    expect(err).toContain('did outside stays:\n  ls\\u{202e} -l\n');
  });

  it('RG1: takes other words, another model and an older turn by the beginning of its id', async () => {
    await run('regenerate', 'cnv_A', 'In', 'Berlin', '--turn', 'trn_0', '-m', 'demo/fickle');
    expect(asked()).toEqual({ turnId: 'trn_0', message: 'In Berlin', model: 'demo/fickle' });
    const several = await run('regenerate', 'cnv_A', '--turn', 'trn_');
    expect(several.code).toBe(5);
    expect(several.err).toContain('trn_1  two\n');
  });

  it('is NDJSON from a version record to an end record when JSON is wanted', async () => {
    const { out, err } = await run('regenerate', 'cnv_A', '--json');
    const records = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    expect(records.map(({ type }) => type)).toEqual(['version', 'text-delta', 'done', 'turn-sealed', 'end']);
    expect({ first: records[0], err }).toEqual({
      first: { type: 'version', ...begun, irreversible: effects },
      err: '',
    });
  });

  it('exits 6 while a turn runs, and 5 where nothing was said', async () => {
    gateway.onFrame = () => undefined;
    const running = {
      error: 'A turn is running.',
      code: 'turn-running',
      retryable: true,
      requestId: 'req_0',
    };
    gateway.routes['POST /conversations/cnv_A/regenerate'] = () => [409, running];
    expect((await run('regenerate', 'cnv_A')).code).toBe(6);
    gateway.routes['GET /conversations/cnv_A'] = () => [200, { chunks: [], latestSeq: 0 }];
    gateway.routes['GET /conversations/cnv_A/status'] = () => [200, { status: 'idle', turnId: null }];
    const nothing = await run('regenerate', 'cnv_A');
    expect(nothing).toMatchObject({ code: 5, out: '' });
    expect(nothing.err).toContain('Nothing was said in cnv_A yet.');
  });
});

describe('dispatch versions', () => {
  it('RG7: lists the versions of a beat, which is shown, and what each did', async () => {
    const { out } = await run('versions', 'cnv_A');
    expect(out).toBe(
      '1\t\ttrn_1\t1970-01-01T00:00:00.000Z\tstop\tdemo/fast\tls\\u{202e} -l\n2\tshown\ttrn_2\t1970-01-01T00:00:00.000Z\tstop\tdemo/fast\n',
    );
    expect(gateway.requests.at(-1)?.line).toBe('GET /conversations/cnv_A/versions?turnId=trn_2');
  });

  it('RG7: shows another one by its number', async () => {
    gateway.routes['POST /conversations/cnv_A/versions/activate'] = () => [
      200,
      { conversationId: 'cnv_A', turnId: 'trn_1', beatId: 'trn_1', version: 1, versions: 2 },
    ];
    expect((await run('versions', 'cnv_A', '--show', '1')).out).toBe('Version 1 of 2 is shown in cnv_A.\n');
    expect(gateway.requests.at(-1)?.body).toBe('{"turnId":"trn_1"}');
    const none = await run('versions', 'cnv_A', '--show', '7');
    expect(none.code).toBe(5);
    expect(none.err).toContain('There are: 1, 2');
  });
});

describe('dispatch fork', () => {
  it('RG11: prints the id of the new conversation, which a script can take', async () => {
    const made = {
      conversationId: 'cnv_B',
      turnId: 'trn_9',
      forkedFrom: { conversationId: 'cnv_A', turnId: 'trn_1' },
    };
    gateway.routes['POST /conversations/cnv_A/fork'] = () => [200, made];
    const { code, out, err } = await run('fork', 'cnv_A', '--turn', 'trn_1');
    expect({ code, out }).toEqual({ code: 0, out: 'cnv_B\n' });
    expect(err).toContain('dispatch chat -c cnv_B');
    expect(asked()).toEqual({ turnId: 'trn_1' });
    expect(JSON.parse((await run('fork', 'cnv_A', '--json')).out)).toEqual(made);
  });
});
