import {
  type DispatchProcesses,
  type FrameSocket,
  openSocket,
  request,
  startDispatch,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

/** Exact text of the `chat.delta` messages, in order. */
const deltas = (socket: FrameSocket) => socket.texts.filter((text) => text.includes('"chat.delta"'));

describe('watchers', () => {
  it('R9, T7: two watchers see byte-identical frames, one of them late, and the sender may leave', async () => {
    const conversationId = crypto.randomUUID();
    const sender = await openSocket(dispatch.httpUrl.replace('http', 'ws'));
    sender.send({ type: 'chat.send', conversationId, message: 'words: 200', model: 'demo/writer' });
    await sender.frame('the first text', (frame) => JSON.stringify(frame).includes('text-delta'));
    const early = await openSocket(dispatch.wsUrl);
    early.send({ type: 'chat.subscribe', conversationId });
    await early.frame('n 12', (frame) => frame['n'] === 12);
    await sender.frame('n 12', (frame) => frame['n'] === 12);
    sender.close();
    await early.frame('n 24', (frame) => frame['n'] === 24);
    const late = await openSocket(`${dispatch.wsUrl}/any/path`);
    late.send({ type: 'chat.subscribe', conversationId });
    await Promise.all([early.sealed(), late.sealed()]);
    expect(deltas(early)).toEqual(deltas(late));
    expect(deltas(early).slice(0, deltas(sender).length)).toEqual(deltas(sender));
    expect(deltas(sender).length).toBeGreaterThan(5);
    const numbers = late.events().map((event) => event.n);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    early.close();
    late.close();
  });

  it('a cursor continues exactly where it stopped, during the turn and after it', async () => {
    const conversationId = crypto.randomUUID();
    const first = await openSocket(dispatch.wsUrl);
    first.send({ type: 'chat.send', id: 's1', conversationId, message: 'On and on.', model: 'demo/writer' });
    const ack = await first.frame('the ack', (frame) => frame.type === 'ack');
    expect(ack).toMatchObject({ id: 's1', conversationId });
    const turnId = String(ack['turnId']);
    await first.frame('n 8', (frame) => frame['n'] === 8);
    const seen = first.events(turnId).at(-1)?.n ?? 0;
    first.socket.terminate();
    const again = await openSocket(dispatch.wsUrl);
    again.send({ type: 'chat.subscribe', conversationId, turnId, after: seen });
    await again.sealed(turnId);
    expect(again.events(turnId)[0]?.n).toBe(seen + 1);
    const last = again.events(turnId).at(-1)?.n ?? 0;
    const afterwards = await openSocket(dispatch.wsUrl);
    afterwards.send({ type: 'chat.subscribe', id: 'x', conversationId, turnId, after: last - 2 });
    await afterwards.sealed(turnId);
    expect(afterwards.events(turnId).map((event) => event.n)).toEqual([last - 1, last]);
    again.close();
    afterwards.close();
  });

  it('a cursor that cannot be served gets chat.reset with a reason', async () => {
    const conversationId = crypto.randomUUID();
    const socket = await openSocket(dispatch.wsUrl);
    socket.send({ type: 'chat.send', conversationId, message: 'words: 5', model: 'demo/fast' });
    const turnId = await socket.sealed();
    socket.close();
    const other = await openSocket(dispatch.wsUrl);
    other.send({ type: 'chat.subscribe', conversationId, turnId: 'trn_unknown', after: 3 });
    expect(await other.frame('a reset', (frame) => frame.type === 'chat.reset')).toMatchObject({
      conversationId,
      reason: 'unknown-turn',
    });
    const third = await openSocket(dispatch.wsUrl);
    third.send({ type: 'chat.subscribe', conversationId, turnId, after: 100_000 });
    expect(await third.frame('a reset', (frame) => frame.type === 'chat.reset')).toMatchObject({
      reason: 'ahead',
    });
    other.close();
    third.close();
  });

  it('an old client, without ids and cursors, gets hello and catalog first and everything as before', async () => {
    const conversationId = crypto.randomUUID();
    const socket = await openSocket(dispatch.wsUrl);
    socket.send({ type: 'chat.subscribe', conversationId });
    socket.send({ type: 'chat.subscribe', conversationId });
    socket.send({ type: 'chat.send', conversationId, message: '  kept as typed  ', model: 'demo/fast' });
    await socket.sealed();
    expect(socket.frames.slice(0, 2).map(({ type }) => type)).toEqual(['hello', 'catalog']);
    const catalog = [
      { id: 'loaded-extensions', region: 'side', title: 'Loaded Extensions', scope: 'global' },
      { id: 'cache-warming', region: 'side', title: 'Cache Warming', scope: 'conversation' },
      { id: 'message-queue', region: 'side', title: 'Message Queue', scope: 'conversation' },
    ];
    expect(socket.frames[1]).toEqual({ type: 'catalog', catalog });
    expect(socket.frames.some(({ type }) => type === 'ack' || type === 'error')).toBe(false);
    const events = socket.events();
    expect(events[0]).toMatchObject({ type: 'user-message', text: '  kept as typed  ', conversationId });
    expect(events.filter(({ type }) => type === 'user-message')).toHaveLength(1);
    socket.send({ type: 'chat.send', conversationId, message: 'once more', model: 'demo/fast' });
    await socket.frame('the second turn', (frame) => JSON.stringify(frame).includes('once more'));
    socket.close();
  });

  it('B.4: a send while a turn runs is refused, and the newly subscribed socket first gets the replay', async () => {
    const conversationId = crypto.randomUUID();
    const first = await openSocket(dispatch.wsUrl);
    first.send({ type: 'chat.send', conversationId, message: 'long', model: 'demo/writer' });
    await first.frame('some text', (frame) => JSON.stringify(frame).includes('text-delta'));
    const second = await openSocket(dispatch.wsUrl);
    second.send({ type: 'chat.send', conversationId, message: 'short', model: 'demo/fast' });
    const refused = await second.frame('the refusal', (frame) => frame.type === 'chat.error');
    expect(refused).toMatchObject({ conversationId, code: 'turn-running' });
    expect(second.frames.findIndex((frame) => frame['n'] === 0)).toBeLessThan(second.frames.indexOf(refused));
    await Promise.all([first.sealed(), second.sealed()]);
    expect(deltas(second)).toEqual(deltas(first));
    const history = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
    expect(history.body.chunks.filter((row: { role: string }) => row.role === 'user')).toHaveLength(1);
    first.close();
    second.close();
  });
});
