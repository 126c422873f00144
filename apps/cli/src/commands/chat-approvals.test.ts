import type { Approval } from '@dispatch/collab-contract';
import { approvalFixtures } from '@dispatch/collab-contract/fixtures';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CapturedTerminal,
  type CapturedTerminalSetup,
  captureTerminal,
} from '../__fixtures__/captured-terminal.ts';
import { type FakeGateway, type Json, startFakeGateway, turnFrames } from '../__fixtures__/fake-gateway.ts';
import { runCli } from '../program.ts';

const PERSON: CapturedTerminalSetup = { tty: true, person: true };
const pending: Approval = { ...approvalFixtures.pending, id: 'apr_1', conversationId: 'cnv_A' };

let gateway: FakeGateway;
/** Sends to the conversation's watcher, once it sent its message. */
let send: (...frames: readonly Json[]) => void;
let seq: number;
beforeEach(async () => {
  gateway = await startFakeGateway();
  gateway.routes['GET /conversations'] = () => [200, { conversations: [], nextCursor: null }];
  gateway.routes['GET /approvals'] = () => [200, { approvals: [], epoch: 'epoch', userSeq: 0 }];
  seq = 0;
  gateway.onFrame = (frame, reply) => {
    if (frame['type'] !== 'chat.send') return;
    send = reply;
    reply({ type: 'ack', id: frame['id'], conversationId: 'cnv_A', turnId: 'trn_1' });
    ask(pending);
  };
});
afterEach(() => gateway.close());

function tell(event: Json): void {
  seq += 1;
  send({ type: 'user.event', seq, event });
}
const ask = (approval: Approval): void => tell({ type: 'approval.requested', approval });
const resolve = (approval: Approval): void => tell({ type: 'approval.resolved', approval });
const end = (): void =>
  send(...turnFrames('cnv_A', 'trn_1', [{ type: 'done', reason: 'stop' }, { type: 'turn-sealed' }]));

/** What the gateway makes of an answer: the state of the approval, and that of the turn, which goes on. */
function answersWith(approval: Partial<Approval>, applied = true): void {
  const now: Approval = { ...pending, state: 'allowed', answeredBy: 'usr_owner', answeredAt: 0, ...approval };
  gateway.routes[`POST /approvals/${now.id}`] = () => {
    resolve(now);
    end();
    return [200, { approval: now, applied }];
  };
}

function start(setup: CapturedTerminalSetup, ...more: string[]) {
  const terminal = captureTerminal({ ...setup, env: { DISPATCH_URL: gateway.url, NO_COLOR: '1' } });
  return { terminal, code: runCli(['chat', '-c', 'cnv_A', ...more, 'hi'], terminal) };
}

/** Once it says so; and long enough after for a person to have read it. */
async function seen(terminal: CapturedTerminal, part: string): Promise<void> {
  await vi.waitFor(() => expect(terminal.err()).toContain(part), 15_000);
  await new Promise((done) => setTimeout(done, 350));
}

const bodies = () =>
  gateway.requests.filter(({ line }) => line.startsWith('POST /approvals/')).map(({ body }) => body);

describe('dispatch chat, when a tool call waits for a person', () => {
  it.each([
    ['y', '{"decision":"allow","scope":"once"}'],
    ['ALWAYS', '{"decision":"allow","scope":"conversation"}'],
    ['n', '{"decision":"deny"}'],
  ])('ST3: asks on a terminal, and takes %s for an answer', async (typed, body) => {
    answersWith({});
    const { terminal, code } = start(PERSON);
    await seen(terminal, 'Allow? [y] once · [a] always in this conversation · [n] no');
    expect(terminal.err()).toMatch(
      /waits for an answer: Write 4 bytes to notes\.md .*· until \d\d:\d\d:\d\d · dispatch approvals allow apr_1\n/,
    );
    expect(terminal.err()).toContain('always covers: write-file notes.md\n');
    terminal.type(`${typed}\r`);
    expect(await code).toBe(0);
    expect(bodies()).toEqual([body]);
    expect(terminal.err()).toContain('✓ allowed by you at ');
  });

  it('ST3: Enter alone allows nothing, and neither does what is no answer or was typed before anybody could read', async () => {
    answersWith({});
    const { terminal, code } = start(PERSON);
    terminal.type('y\r');
    // At once, long before a person would.
    await vi.waitFor(() => expect(terminal.err()).toContain('Allow?'), { timeout: 15_000, interval: 1 });
    terminal.type('y\r');
    await seen(terminal, 'Allow?');
    for (const typed of ['\r', 'ok\r']) terminal.type(typed);
    await new Promise((done) => setTimeout(done, 100));
    expect(bodies()).toEqual([]);
    terminal.type('n\r');
    expect(await code).toBe(0);
    expect(bodies()).toEqual(['{"decision":"deny"}']);
  });

  it('ST3: offers no lasting answer where the tool cannot say what it would cover', async () => {
    gateway.onFrame = (frame, reply) => {
      if (frame['type'] !== 'chat.send') return;
      send = reply;
      reply({ type: 'ack', id: frame['id'], conversationId: 'cnv_A', turnId: 'trn_1' });
      ask({ ...pending, pattern: null });
    };
    answersWith({});
    const { terminal, code } = start(PERSON);
    await seen(terminal, 'Allow? [y] once · [n] no');
    terminal.type('a\r');
    await new Promise((done) => setTimeout(done, 50));
    terminal.type('y\r');
    expect(await code).toBe(0);
    expect(bodies()).toEqual(['{"decision":"allow","scope":"once"}']);
  });

  it('ST3: says who was first, and asks about the next', async () => {
    const allowed: Approval = {
      ...pending,
      id: 'apr_2',
      state: 'allowed',
      answeredBy: 'usr_ada',
      answeredAt: 0,
    };
    gateway.routes['POST /approvals/apr_2'] = () => {
      setTimeout(end, 100);
      return [200, { approval: allowed, applied: false }];
    };
    const { terminal, code } = start(PERSON);
    await seen(terminal, 'Allow?');
    ask({ ...pending, id: 'apr_2', summary: 'Write\u202e it' });
    resolve({ ...pending, state: 'denied', answeredBy: 'usr_ada', answeredAt: 0 });
    await seen(terminal, 'allow apr_2');
    expect(terminal.err()).toMatch(/✗ denied by usr_ada at \S+ · Write 4 bytes to notes\.md\n/);
    expect(terminal.err()).toContain('Write\\u{202e} it');
    terminal.type('n\r');
    expect(await code).toBe(0);
    expect(terminal.err()).toContain('Somebody was first: ✓ allowed by usr_ada');
  });

  it('ST3: Ctrl-C while it asks stops the run, a second one leaves it', async () => {
    gateway.routes['POST /conversations/cnv_A/stop'] = () => [
      200,
      { conversationId: 'cnv_A', stopped: true },
    ];
    const { terminal, code } = start(PERSON);
    await seen(terminal, 'Allow?');
    terminal.type('\u0003');
    await seen(terminal, 'Stopping the run.');
    terminal.type('\u0003');
    expect(await code).toBe(130);
    expect(bodies()).toEqual([]);
  });

  it('ST3: only says so where nobody sits', async () => {
    const { terminal, code } = start({});
    await seen(terminal, 'waits for an answer: Write 4 bytes to notes.md');
    resolve({ ...pending, state: 'expired', answeredAt: 0 });
    end();
    expect(await code).toBe(0);
    expect(terminal.out()).toBe('');
    expect(terminal.err()).not.toContain('Allow?');
    expect(terminal.err()).toContain('nobody answered in time');
  });

  it('ST3: is two records where JSON is wanted, and nothing of other conversations', async () => {
    const { terminal, code } = start({}, '--json');
    await vi.waitFor(() => expect(terminal.out()).toContain('apr_1'), 15_000);
    ask({ ...pending, id: 'apr_3', conversationId: 'cnv_B' });
    const denied: Approval = { ...pending, state: 'denied' };
    resolve(denied);
    end();
    expect(await code).toBe(0);
    const records = terminal
      .out()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    expect(records.slice(0, 2)).toEqual([
      { type: 'approval', approval: pending },
      { type: 'approval', approval: denied },
    ]);
    expect(terminal.out() + terminal.err()).not.toContain('apr_3');
  });

  it('R1: learns from a reading what was asked while the line was down', async () => {
    gateway.routes['GET /approvals'] = () => [
      200,
      { approvals: [{ ...pending, id: 'apr_9' }], epoch: 'epoch', userSeq: 0 },
    ];
    const { terminal, code } = start({});
    await seen(terminal, 'allow apr_9');
    expect(terminal.err()).toContain('allow apr_1');
    end();
    expect(await code).toBe(0);
  });
});
