import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CapturedTerminalSetup, captureTerminal } from '../__fixtures__/captured-terminal.ts';
import { type FakeGateway, type Json, startFakeGateway } from '../__fixtures__/fake-gateway.ts';
import { runCli } from '../program.ts';

const waits = (id: string, mode: string, text: string): Json => ({
  id,
  mode,
  text,
  model: null,
  by: 'usr_owner',
  createdAt: 0,
  editedAt: null,
});
const messages = [waits('qmg_1', 'steer', 'In\nTokyo'), waits('qmg_2', 'queue', 'And then?')];

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = await startFakeGateway();
  gateway.routes['GET /conversations'] = () => [
    200,
    { conversations: [{ id: 'cnv_A', title: null, status: 'idle' }], nextCursor: null },
  ];
  gateway.routes['GET /conversations/cnv_A/queue'] = () => [
    200,
    { conversationId: 'cnv_A', messages, held: true },
  ];
});
afterEach(() => gateway.close());

async function queue(args: readonly string[], setup: CapturedTerminalSetup = {}) {
  const terminal = captureTerminal({ ...setup, env: { DISPATCH_URL: gateway.url, NO_COLOR: '1' } });
  const code = await runCli(['queue', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('dispatch queue', () => {
  it('ST2: lists what waits in its order, and that it is held', async () => {
    const { code, out, err } = await queue(['cnv']);
    expect({ code, out }).toEqual({ code: 0, out: 'qmg_1\tsteer\tIn Tokyo\nqmg_2\tqueue\tAnd then?\n' });
    expect(err).toContain('dispatch queue promote cnv_A');
    expect((await queue(['cnv_A'], { tty: true })).out).toBe(
      'qmg_1  steer  In Tokyo\nqmg_2  queue  And then?\n',
    );
    expect(JSON.parse((await queue(['list', 'cnv_A', '--json'])).out)).toMatchObject({
      messages,
      held: true,
    });
  });

  it.each([
    [[], 'steer'],
    [['--next'], 'queue'],
  ])('ST2: adds a message with %j as %s', async (options, mode) => {
    gateway.routes['POST /conversations/cnv_A/queue'] = () => [
      200,
      { outcome: 'queued', conversationId: 'cnv_A', messageId: 'qmg_3' },
    ];
    expect(await queue(['add', 'cnv_A', ...options, 'And', 'then?'])).toMatchObject({
      code: 0,
      out: 'qmg_3\n',
    });
    const sent = JSON.parse(gateway.requests.at(-1)?.body ?? '') as Json;
    expect(sent).toMatchObject({ message: 'And then?', mode });
    expect(sent['idempotencyKey']).toMatch(/^key_/);
  });

  it('ST2: promotes a message, which starts a turn while none runs', async () => {
    gateway.routes['PUT /conversations/cnv_A/queue/qmg_2'] = () => [
      200,
      { outcome: 'started', conversationId: 'cnv_A', messageId: 'qmg_2', turnId: 'trn_1' },
    ];
    expect((await queue(['promote', 'cnv_A', 'qmg_2'])).out).toBe('Started trn_1 in cnv_A.\n');
    expect(gateway.requests.at(-1)?.body).toBe('{"mode":"steer"}');
  });

  it('ST2: removes a message, and says when a turn took it before', async () => {
    const answer = { conversationId: 'cnv_A', messageId: 'qmg_1', cancelled: true };
    gateway.routes['DELETE /conversations/cnv_A/queue/qmg_1'] = () => [200, answer];
    expect(await queue(['remove', 'cnv_A', 'qmg_1'])).toMatchObject({ code: 0, out: 'Removed qmg_1.\n' });
    gateway.routes['DELETE /conversations/cnv_A/queue/qmg_1'] = () => [200, { ...answer, cancelled: false }];
    expect((await queue(['remove', 'cnv_A', 'qmg_1'])).code).toBe(5);
    const none = await queue(['remove', 'cnv_A', 'qmg_9']);
    expect(none.code).toBe(5);
    expect(none.err).toContain('dispatch queue list cnv_A');
    expect((await queue(['remove', 'cnv_A', 'qmg'])).err).toContain('qmg_2  And then?');
  });
});
