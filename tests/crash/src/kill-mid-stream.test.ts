import {
  type DispatchProcesses,
  openSocket,
  request,
  startDispatch,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

describe('kill -9 of the gateway mid-stream', () => {
  it('loses nothing: the turn goes on, the client continues behind its cursor', async () => {
    const conversationId = crypto.randomUUID();
    const before = await openSocket(dispatch.wsUrl);
    before.send({ type: 'chat.send', id: 'a', conversationId, message: 'Go on.', model: 'demo/writer' });
    await before.frame('n 10', (frame) => frame['n'] === 10);
    await dispatch.gateway.kill();
    const seen = before.events();
    const turnId = String(seen[0]?.['turnId']);
    await dispatch.startGateway();
    const after = await openSocket(dispatch.wsUrl);
    after.send({ type: 'chat.subscribe', conversationId, turnId, after: seen.at(-1)?.n });
    await after.sealed(turnId);
    const whole = [...seen, ...after.events(turnId)];
    expect(whole.map((event) => event.n)).toEqual(whole.map((_, index) => index));
    expect(whole.at(-2)).toMatchObject({ type: 'done', reason: 'stop' });
    const history = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
    const text = whole
      .filter(({ type }) => type === 'text-delta')
      .map((event) => event['delta'])
      .join('');
    expect(history.body.chunks.at(-1).chunk.text).toBe(text);
    after.close();
  });
});

describe('kill -9 of the kernel mid-stream', () => {
  it('T3, T8: the open socket learns it, and after the restart gets the rest, sealed as interrupted', async () => {
    const conversationId = crypto.randomUUID();
    const socket = await openSocket(dispatch.wsUrl);
    socket.send({ type: 'chat.send', conversationId, message: 'Go on.', model: 'demo/writer' });
    await socket.frame('n 10', (frame) => frame['n'] === 10);
    await dispatch.kernel.kill();
    await socket.frame('down', (frame) => frame.type === 'status' && frame['kernel'] === 'down');
    await dispatch.startKernel();
    await socket.sealed();
    await socket.frame('up', (frame) => frame.type === 'status' && frame['kernel'] === 'up');
    const events = socket.events();
    expect(events.map((event) => event.n)).toEqual(events.map((_, index) => index));
    expect(events.slice(-2)).toMatchObject([
      { type: 'done', reason: 'interrupted' },
      { type: 'turn-sealed' },
    ]);
    const history = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
    const text = events
      .filter(({ type }) => type === 'text-delta')
      .map((event) => event['delta'])
      .join('');
    const stored = history.body.chunks.filter(
      (row: { chunk: { type: string }; role: string }) =>
        row.role === 'assistant' && row.chunk.type === 'text',
    );
    expect(stored[0].chunk.text).toBe(text);
    expect(text.length).toBeGreaterThan(10);
    socket.close();
  });

  it('a POST /chat under way gets the rest as well', async () => {
    let killed = false;
    const chat = await streamChat(
      dispatch.httpUrl,
      { message: 'Go on.', model: 'demo/writer' },
      ({ event }) => {
        if (event.type === 'text-delta' && !killed) {
          killed = true;
          void dispatch.kernel.kill().then(() => dispatch.startKernel());
        }
      },
    );
    expect(chat.events.slice(-2).map(({ event }) => event)).toMatchObject([
      { type: 'done', reason: 'interrupted' },
      { type: 'turn-sealed' },
    ]);
  });
});
