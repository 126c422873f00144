import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureTerminal } from '../__fixtures__/captured-terminal.ts';
import { type FakeGateway, type Json, startFakeGateway } from '../__fixtures__/fake-gateway.ts';
import { runCli } from '../program.ts';

const said = (seq: number, turnId: string, text: string, more: Json = {}): Json => ({
  seq,
  role: 'assistant',
  turnId,
  chunk: { type: 'text', text },
  ...more,
});
const log = [
  said(1, 'trn_1', 'first', { supersededBy: 'trn_3' }),
  said(2, 'trn_2', 'what followed'),
  said(3, 'trn_3', 'second', { beatId: 'trn_1', version: 2 }),
  said(4, 'trn_4', 'lost', { beatId: 'trn_1', version: 0, supersededBy: 'trn_3' }),
  said(5, 'trn_5', 'next'),
];
const shown = log.filter(({ seq }) => seq === 3 || seq === 5);
const damaged = {
  error: 'A row is damaged.',
  code: 'conversation-damaged',
  retryable: false,
  requestId: 'req_0',
};

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = await startFakeGateway();
  gateway.routes['GET /conversations'] = () => [
    200,
    { conversations: [{ id: 'cnv_A', title: null, status: 'idle' }], nextCursor: null },
  ];
  gateway.routes['GET /conversations/cnv_A'] = (query) => [
    200,
    { chunks: query.get('view') === 'active' ? shown : log, latestSeq: 5 },
  ];
  gateway.routes['GET /conversations/cnv_A/metrics'] = () => [200, { turns: [] }];
});
afterEach(() => gateway.close());

async function read(...args: string[]) {
  const terminal = captureTerminal({ env: { DISPATCH_URL: gateway.url } });
  const code = await runCli(['read', 'cnv_A', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('dispatch read, where a message was answered more than once', () => {
  it('RG8: prints what is shown and nothing else', async () => {
    expect((await read()).out).toBe('assistant\nsecond\n\nassistant\nnext\n');
  });

  it('RG8: prints all of the log, and says what of it is not shown', async () => {
    const { out } = await read('--all');
    expect(out.split('\n').filter((line) => line !== '' && line !== 'assistant')).toEqual([
      '(not shown: version 1, trn_3 is shown)',
      'first',
      '(not shown: it followed another version)',
      'what followed',
      '(version 2)',
      'second',
      '(not shown: it ended before it had said anything)',
      'lost',
      'next',
    ]);
    expect(JSON.parse((await read('--all', '--json')).out)).toMatchObject({ chunks: log });
  });

  it('D9: where what is shown is damaged, points to the log, which can be read', async () => {
    const whole = gateway.routes['GET /conversations/cnv_A'];
    gateway.routes['GET /conversations/cnv_A'] = (query) =>
      query.get('view') === 'active' ? [409, damaged] : (whole?.(query) ?? [404, {}]);
    const refused = await read();
    expect(refused).toMatchObject({ code: 6, out: '' });
    expect(refused.err).toContain('dispatch read cnv_A --all');
    expect((await read('--all')).out).toContain('(not shown: version 1, trn_3 is shown)\nassistant\nfirst\n');
  });
});
