import {
  type DispatchProcesses,
  eventually,
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

describe.each(['close', 'stop'])('%s', (verb) => {
  it('T5: aborts the running turn; watchers get done aborted, then turn-sealed; what is stored is what was streamed', async () => {
    const conversationId = crypto.randomUUID();
    const watcher = await openSocket(dispatch.wsUrl);
    watcher.send({ type: 'chat.subscribe', conversationId });
    const running = streamChat(dispatch.httpUrl, { conversationId, message: 'long', model: 'demo/writer' });
    await watcher.frame('n 6', (frame) => frame['n'] === 6);
    const answer = await request(dispatch.httpUrl, 'POST', `/conversations/${conversationId}/${verb}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject(verb === 'close' ? { abortedTurn: true } : { stopped: true });
    const turnId = await watcher.sealed();
    const chat = await running;
    const events = watcher.events(turnId);
    expect(events.slice(-2)).toMatchObject([{ type: 'done', reason: 'aborted' }, { type: 'turn-sealed' }]);
    expect(chat.events.map(({ event }) => event)).toEqual(events.map(({ n, ...event }) => event));
    const history = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
    const streamed = events
      .filter(({ type }) => type === 'text-delta')
      .map((event) => event['delta'])
      .join('');
    expect(history.body.chunks.at(-1)).toMatchObject({
      role: 'assistant',
      chunk: { type: 'text', text: streamed },
    });
    const again = await request(dispatch.httpUrl, 'POST', `/conversations/${conversationId}/${verb}`);
    expect(again.body).toMatchObject(verb === 'close' ? { abortedTurn: false } : { stopped: false });
    const next = await streamChat(dispatch.httpUrl, {
      conversationId,
      message: 'words: 5',
      model: 'demo/fast',
    });
    expect(next.events.at(-1)?.event.type).toBe('turn-sealed');
    watcher.close();
  });
});

describe('stop', () => {
  it('that names another turn hits nothing', async () => {
    const conversationId = crypto.randomUUID();
    const running = streamChat(dispatch.httpUrl, { conversationId, message: 'long', model: 'demo/writer' });
    const status = await eventually('the turn', async () => {
      const answer = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}/status`);
      return answer.body.status === 'active' && answer;
    });
    const missed = await request(dispatch.httpUrl, 'POST', `/conversations/${conversationId}/stop`, {
      turnId: 'trn_other',
    });
    expect(missed.body).toMatchObject({ stopped: false, turnId: null });
    const still = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}/status`);
    expect(still.body).toMatchObject({ status: 'active', turnId: status.body.turnId });
    const hit = await request(dispatch.httpUrl, 'POST', `/conversations/${conversationId}/stop`, {
      turnId: status.body.turnId,
    });
    expect(hit.body).toMatchObject({ stopped: true, turnId: status.body.turnId });
    const events = (await running).events.map(({ event }) => event);
    expect(events.at(-2)).toMatchObject({ type: 'done', reason: 'aborted' });
    const after = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}/status`);
    expect(after.body.status).toBe('idle');
  });
});

describe('T7: leaving', () => {
  it('a dropped HTTP request, a dropped socket and chat.unsubscribe never stop a turn', async () => {
    const conversationId = crypto.randomUUID();
    const controller = new AbortController();
    const response = await fetch(`${dispatch.httpUrl}/chat`, {
      method: 'POST',
      body: JSON.stringify({ conversationId, message: 'goes on', model: 'demo/writer' }),
      signal: controller.signal,
    });
    await response.body?.getReader().read();
    controller.abort();
    const socket = await openSocket(dispatch.wsUrl);
    socket.send({ type: 'chat.subscribe', conversationId });
    await socket.frame('an event', (frame) => frame.type === 'chat.delta');
    socket.send({ type: 'chat.unsubscribe', conversationId });
    const other = await openSocket(dispatch.wsUrl);
    other.send({ type: 'chat.subscribe', conversationId });
    await other.frame('an event', (frame) => frame.type === 'chat.delta');
    other.socket.terminate();
    const last = await openSocket(dispatch.wsUrl);
    last.send({ type: 'chat.subscribe', conversationId });
    await last.sealed();
    expect(last.events().at(-2)).toMatchObject({ type: 'done', reason: 'stop' });
    expect(socket.events().some(({ type }) => type === 'turn-sealed')).toBe(false);
    socket.close();
    last.close();
  });
});
