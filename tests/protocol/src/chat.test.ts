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

const types = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);

describe('POST /chat', () => {
  it('streams lines as they happen and ends at the seal', async () => {
    const chat = await streamChat(dispatch.httpUrl, {
      message: 'Tell me about rivers.',
      model: 'demo/writer',
    });
    expect(chat.status).toBe(200);
    expect(chat.contentType).toContain('application/x-ndjson');
    expect(chat.conversationId).toMatch(/.+/);
    const events = chat.events.map(({ event }) => event);
    expect(types(events).slice(0, 3)).toEqual(['user-message', 'turn-start', 'text-delta']);
    expect(types(events).slice(-2)).toEqual(['done', 'turn-sealed']);
    const first = chat.events.find(({ event }) => event.type === 'text-delta')?.atMs ?? 0;
    const last = chat.events.at(-1)?.atMs ?? 0;
    expect(last - first).toBeGreaterThan(500);
    expect(types(events).filter((type) => type === 'text-delta').length).toBeGreaterThan(10);
  });

  it('T1, Q1, Q4: after turn-sealed the log holds the whole turn, gap-free from 1, equal to what was streamed', async () => {
    const conversationId = crypto.randomUUID();
    for (const message of ['first words: 30', 'second words: 30']) {
      const chat = await streamChat(dispatch.httpUrl, { conversationId, message, model: 'demo/fast' });
      const history = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
      const streamed = chat.events
        .filter(({ event }) => event.type === 'text-delta')
        .map(({ event }) => event['delta'])
        .join('');
      const stored = history.body.chunks.filter((row: { role: string }) => row.role === 'assistant').at(-1);
      expect(stored.chunk.text).toBe(streamed);
      expect(streamed.length).toBeGreaterThan(50);
      expect(history.body.chunks.map((row: { seq: number }) => row.seq)).toEqual(
        history.body.chunks.map((_: unknown, index: number) => index + 1),
      );
      expect(history.body.latestSeq).toBe(history.body.chunks.length);
    }
    const metrics = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}/metrics`);
    expect(metrics.body.turns).toHaveLength(2);
    expect(metrics.body.turns[1].usage.inputTokens).toBeGreaterThan(metrics.body.turns[0].usage.inputTokens);
  });

  it('T4: a second message while a turn runs gets one error line, and the turn goes on', async () => {
    const conversationId = crypto.randomUUID();
    const running = streamChat(dispatch.httpUrl, { conversationId, message: 'slowly', model: 'demo/writer' });
    const path = `/conversations/${conversationId}/status`;
    await eventually('the turn', async () => {
      return (await request(dispatch.httpUrl, 'GET', path)).body.status === 'active';
    });
    const refused = await streamChat(dispatch.httpUrl, {
      conversationId,
      message: 'me too',
      model: 'demo/fast',
    });
    expect(refused.status).toBe(200);
    expect(refused.events).toHaveLength(1);
    expect(refused.events[0]?.event).toMatchObject({ type: 'error', code: 'turn-running', conversationId });
    const whole = await running;
    expect(whole.events.at(-1)?.event.type).toBe('turn-sealed');
    expect(refused.events[0]?.event['turnId']).not.toBe(whole.events[0]?.event['turnId']);
  });

  it('T2: an unknown model is a turn that fails, is sealed and keeps the message', async () => {
    const conversationId = crypto.randomUUID();
    const chat = await streamChat(dispatch.httpUrl, {
      conversationId,
      message: 'hello',
      model: 'nobody/nothing',
    });
    expect(types(chat.events.map(({ event }) => event))).toEqual([
      'user-message',
      'turn-start',
      'error',
      'done',
      'turn-sealed',
    ]);
    expect(chat.events[2]?.event['code']).toBe('unknown-model');
    const history = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
    expect(history.body.chunks[0]).toMatchObject({
      seq: 1,
      role: 'user',
      chunk: { type: 'text', text: 'hello' },
    });
  });

  it('calls tools and tells their results', async () => {
    const chat = await streamChat(dispatch.httpUrl, { message: 'What time is it?', model: 'demo/tools' });
    const events = chat.events.map(({ event }) => event);
    const call = events.find(({ type }) => type === 'tool-call');
    const result = events.find(({ type }) => type === 'tool-result');
    expect(call?.['toolName']).toBe('current-time');
    expect(result).toMatchObject({
      toolCallId: call?.['toolCallId'],
      isError: false,
      stepId: call?.['stepId'],
    });
    expect(types(events).filter((type) => type === 'step-complete').length).toBeGreaterThanOrEqual(2);
    expect(events.findIndex(({ type }) => type === 'step-complete')).toBeLessThan(
      events.findIndex(({ type }) => type === 'tool-result'),
    );
  });
});

describe('the sticky model', () => {
  it('stays with the conversation until another is named', async () => {
    const conversationId = crypto.randomUUID();
    await streamChat(dispatch.httpUrl, { conversationId, message: 'words: 5', model: 'demo/fast' });
    const again = await streamChat(dispatch.httpUrl, { conversationId, message: 'words: 5 again' });
    expect(again.events.find(({ event }) => event.type === 'turn-start')?.event['model']).toBe('demo/fast');
    const set = await request(dispatch.httpUrl, 'PUT', `/conversations/${conversationId}/model`, {
      model: 'demo/tools',
    });
    expect(set.body).toMatchObject({ conversationId, model: 'demo/tools' });
    const third = await streamChat(dispatch.httpUrl, { conversationId, message: 'words: 5 more' });
    expect(third.events.find(({ event }) => event.type === 'turn-start')?.event['model']).toBe('demo/tools');
  });
});

describe('throughput', () => {
  it('counts turns from every door', async () => {
    const day = new Date();
    const date = `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`;
    const turns = async () => {
      const report = await request(dispatch.httpUrl, 'GET', `/metrics/throughput?period=day&date=${date}`);
      expect(report.status).toBe(200);
      return report.body.models.find((row: { model: string }) => row.model === 'demo/fast')?.turns ?? 0;
    };
    const before = await turns();
    await streamChat(dispatch.httpUrl, { message: 'words: 20', model: 'demo/fast' });
    const socket = await openSocket(dispatch.wsUrl);
    socket.send({ type: 'chat.send', message: 'words: 20', model: 'demo/fast' });
    await socket.sealed();
    socket.close();
    expect(await turns()).toBe(before + 2);
  });
});
