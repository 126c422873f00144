import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CapturedTerminal,
  type CapturedTerminalSetup,
  captureTerminal,
} from '../__fixtures__/captured-terminal.ts';
import { type FakeGateway, type Json, startFakeGateway, turnFrames } from '../__fixtures__/fake-gateway.ts';
import { runCli } from '../program.ts';

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = await startFakeGateway();
  gateway.routes['GET /conversations'] = () => [200, { conversations: [], nextCursor: null }];
});
afterEach(() => gateway.close());

function start(args: readonly string[], setup: CapturedTerminalSetup = {}) {
  const terminal = captureTerminal({ ...setup, env: { DISPATCH_URL: gateway.url } });
  return { terminal, code: runCli(['chat', ...args], terminal) };
}

async function run(args: readonly string[], setup: CapturedTerminalSetup = {}) {
  const { terminal, code } = start(args, setup);
  return { code: await code, out: terminal.out(), err: terminal.err() };
}

const TURN = 'trn_1';
const text = (delta: string): Json => ({ type: 'text-delta', delta });
const ended = (reason = 'stop'): Json[] => [{ type: 'done', reason }, { type: 'turn-sealed' }];

/** Answers every `chat.send` by an ack and these events, some of which may come before the ack. */
function answers(events: readonly Json[], early = 0): void {
  gateway.onFrame = (frame, send) => {
    if (frame['type'] !== 'chat.send') return;
    const conversationId = String(frame['conversationId']);
    const frames = turnFrames(conversationId, TURN, events);
    send(...frames.slice(0, early));
    send({ type: 'ack', id: frame['id'], conversationId, turnId: TURN });
    send(...frames.slice(early));
  };
}

async function shown(terminal: CapturedTerminal, part: string): Promise<void> {
  await vi.waitFor(() => expect(terminal.out()).toContain(part), 15_000);
}

describe('dispatch chat', () => {
  it('streams the answer to stdout and everything else to stderr', async () => {
    answers([
      { type: 'user-message', text: 'hi' },
      { type: 'turn-start' },
      text('Let me look.'),
      { type: 'tool-call', toolCallId: 'a', toolName: 'clock', input: { zone: 'UTC' } },
      { type: 'step-complete' },
      { type: 'tool-result', toolCallId: 'a', toolName: 'clock', content: '12:00', isError: false },
      { type: 'status', status: 'retrying', attempt: 2, delayMs: 500, model: 'demo/fast' },
      text('It is '),
      text('noon.'),
      ...ended(),
    ]);
    const { code, out, err } = await run(['hi', 'there']);
    expect({ code, out }).toEqual({ code: 0, out: 'Let me look.\nIt is noon.\n' });
    expect(err).toMatch(/^conversation cnv_[0-9a-z]{26}\n→ clock \{"zone":"UTC"\}\n✓ clock 12:00\n/);
    expect(err).toContain('retrying demo/fast in 0.5 s, attempt 2');
    const [first, second] = gateway.frames;
    expect([first?.['type'], second?.['type']]).toEqual(['chat.subscribe', 'chat.send']);
    expect(gateway.frames[1]).toMatchObject({ message: 'hi there' });
  });

  it('ST2: shows what was steered into the turn between its steps', async () => {
    answers([
      text('Let me look.'),
      { type: 'step-complete' },
      { type: 'steering', messageId: 'qmg_1', text: 'In\u001b[2J Tokyo' },
      text('As you say.'),
      ...ended(),
    ]);
    const { out, err } = await run(['hi']);
    expect(out).toBe('Let me look.\nAs you say.\n');
    expect(err).toContain('» you In[2J Tokyo\n');
  });

  it('takes events that come before the ack, and leaves out those of other turns', async () => {
    answers([text('mine'), ...ended()], 2);
    const send = gateway.onFrame;
    gateway.onFrame = (frame, reply) => {
      if (frame['type'] === 'chat.subscribe') {
        reply(...turnFrames(String(frame['conversationId']), 'trn_0', [text('theirs'), ...ended()]));
      }
      send(frame, reply);
    };
    expect(await run(['hi'])).toMatchObject({ code: 0, out: 'mine\n' });
  });

  it('is NDJSON up to an end record when JSON is wanted', async () => {
    answers([text('a'), ...ended()]);
    const { code, out, err } = await run(['hi', '--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const records = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    expect(records.map(({ type }) => type)).toEqual(['text-delta', 'done', 'turn-sealed', 'end']);
    expect(records.at(-1)).toMatchObject({ status: 'stop', turnId: TURN });
  });

  it('passes on conversation, model and folder, and finds the conversation by its beginning', async () => {
    gateway.routes['GET /conversations'] = () => [
      200,
      { conversations: [{ id: 'cnv_ABC', title: null, status: 'idle' }], nextCursor: null },
    ];
    answers([text('a'), ...ended()]);
    await run(['-c', 'cnv_A', '-m', 'demo/fast', '--cwd', '/tmp', 'hi']);
    expect(gateway.frames[1]).toMatchObject({
      conversationId: 'cnv_ABC',
      model: 'demo/fast',
      cwd: '/tmp',
      message: 'hi',
    });
  });

  it.each([[['-']], [[]]])('reads the message from stdin with %j', async (args) => {
    answers([text('a'), ...ended()]);
    expect(await run(args, { stdin: 'from a pipe\n' })).toMatchObject({ code: 0 });
    expect(gateway.frames[1]).toMatchObject({ message: 'from a pipe' });
  });

  it('exits 2 without a message, before it asks anybody', async () => {
    const { code, err } = await run([]);
    expect(code).toBe(2);
    expect(err).toContain('stdin is empty');
    expect(gateway.requests).toEqual([]);
  });

  it.each(['error', 'aborted', 'interrupted'])('exits 8 when the run ended %s', async (reason) => {
    const failure = { type: 'error', message: 'no key', code: 'authentication-failed' };
    answers([text('so far'), failure, ...ended(reason)]);
    const { code, out, err } = await run(['hi']);
    expect({ code, out }).toEqual({ code: 8, out: 'so far\n' });
    expect(err).toContain('no key (authentication-failed)');
  });

  it('exits 6 when the conversation is busy', async () => {
    gateway.onFrame = (frame, send) => {
      if (frame['type'] !== 'chat.send') return;
      send({ type: 'chat.error', id: frame['id'], message: 'A turn is running.', code: 'turn-running' });
    };
    expect(await run(['-c', 'cnv_A', 'hi'])).toMatchObject({ code: 6, out: '' });
  });

  it('T6: goes on by its cursor when the gateway goes away mid-answer', async () => {
    const events = [text('one '), text('two '), text('three '), ...ended()];
    gateway.onFrame = (frame, send) => {
      const conversationId = String(frame['conversationId']);
      const frames = turnFrames(conversationId, TURN, events);
      if (frame['type'] === 'chat.send') {
        send({ type: 'ack', id: frame['id'], conversationId, turnId: TURN }, ...frames.slice(0, 2));
      } else if (frame['after'] !== undefined) {
        // A careless server repeats one that was asked for already.
        send(...frames.slice(Number(frame['after'])));
      }
    };
    const { terminal, code } = start(['hi']);
    await shown(terminal, 'one two');
    gateway.cut();
    expect(await code).toBe(0);
    expect(terminal.out()).toBe('one two three \n');
    expect(terminal.err()).toContain('The gateway is away');
    const asked = gateway.frames.findLast(({ type }) => type === 'chat.subscribe');
    expect(asked).toMatchObject({ turnId: TURN, after: 1 });
  });

  it('stops the run on the first Ctrl-C', async () => {
    answers([text('never ending')]);
    const { terminal, code } = start(['-c', 'cnv_A', 'hi']);
    await shown(terminal, 'never ending');
    gateway.routes['POST /conversations/cnv_A/stop'] = () => {
      gateway.onFrame = (frame, send) =>
        frame['type'] === 'chat.subscribe' &&
        send(
          ...turnFrames('cnv_A', TURN, [text('never ending'), ...ended('aborted')]).slice(
            Number(frame['after']) + 1,
          ),
        );
      gateway.cut();
      return [200, { conversationId: 'cnv_A', stopped: true, turnId: TURN }];
    };
    terminal.signal('SIGINT');
    expect(await code).toBe(8);
    expect(gateway.requests.at(-1)).toEqual({
      line: 'POST /conversations/cnv_A/stop',
      body: `{"turnId":"${TURN}"}`,
    });
  });

  it('leaves the run alone on the second Ctrl-C, and on SIGTERM', async () => {
    answers([text('never ending')]);
    gateway.routes['POST /conversations/cnv_A/stop'] = () => [
      200,
      { conversationId: 'cnv_A', stopped: true, turnId: TURN },
    ];
    const twice = start(['-c', 'cnv_A', 'hi']);
    await shown(twice.terminal, 'never ending');
    twice.terminal.signal('SIGINT');
    twice.terminal.signal('SIGINT');
    expect(await twice.code).toBe(130);
    expect(twice.terminal.err()).toContain('dispatch read cnv_A');

    const terminated = start(['-c', 'cnv_A', 'hi']);
    await shown(terminated.terminal, 'never ending');
    terminated.terminal.signal('SIGTERM');
    expect(await terminated.code).toBe(143);
  });
});
