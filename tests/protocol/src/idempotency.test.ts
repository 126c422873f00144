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

const users = async (conversationId: string) => {
  const history = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
  return history.body.chunks.filter((row: { role: string }) => row.role === 'user').length;
};

describe('idempotency keys', () => {
  it('D5: the same key in parallel, again and after a restart is one message and one turn, told alike', async () => {
    const conversationId = crypto.randomUUID();
    const body = {
      conversationId,
      message: 'words: 40',
      model: 'demo/fast',
      idempotencyKey: crypto.randomUUID(),
    };
    const parallel = await Promise.all(Array.from({ length: 6 }, () => streamChat(dispatch.httpUrl, body)));
    const told = parallel.map((chat) => chat.events.map(({ event }) => event));
    for (const events of told) expect(events).toEqual(told[0]);
    expect(told[0]?.at(-1)?.type).toBe('turn-sealed');
    await dispatch.kernel.kill();
    await dispatch.startKernel();
    const { idempotencyKey, ...rest } = body;
    const again = await streamChat(dispatch.httpUrl, rest, () => undefined, {
      'idempotency-key': idempotencyKey,
    });
    expect(again.events.map(({ event }) => event)).toEqual(told[0]);
    expect(await users(conversationId)).toBe(1);
  });

  it('D5: over the socket both sends are acknowledged with the same ids', async () => {
    const conversationId = crypto.randomUUID();
    const socket = await openSocket(dispatch.wsUrl);
    const send = {
      type: 'chat.send',
      conversationId,
      message: 'words: 9',
      model: 'demo/fast',
      idempotencyKey: 'k-1',
    };
    socket.send({ ...send, id: 'a' });
    socket.send({ ...send, id: 'b' });
    const first = await socket.frame('ack a', (frame) => frame.type === 'ack' && frame['id'] === 'a');
    const second = await socket.frame('ack b', (frame) => frame.type === 'ack' && frame['id'] === 'b');
    expect({ ...second, id: 'a' }).toEqual(first);
    await socket.sealed(String(first['turnId']));
    expect(await users(conversationId)).toBe(1);
    socket.close();
  });

  it('D6: the same key with another body is 422, and a chat.error on the socket', async () => {
    const conversationId = crypto.randomUUID();
    const idempotencyKey = crypto.randomUUID();
    await streamChat(dispatch.httpUrl, {
      conversationId,
      message: 'words: 3',
      model: 'demo/fast',
      idempotencyKey,
    });
    const other = await request(dispatch.httpUrl, 'POST', '/chat', {
      conversationId,
      message: 'other',
      idempotencyKey,
    });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch', retryable: false } });
    const socket = await openSocket(dispatch.wsUrl);
    socket.send({ type: 'chat.send', id: 'm', conversationId, message: 'another', idempotencyKey });
    expect(await socket.frame('an error', (frame) => frame.type === 'chat.error')).toMatchObject({
      id: 'm',
      conversationId,
      code: 'idempotency-mismatch',
    });
    expect(await users(conversationId)).toBe(1);
    socket.close();
  });

  it.each(['', 'x'.repeat(129), 'with space', 'ümlaut', 7])(
    'refuses the malformed key %j',
    async (idempotencyKey) => {
      const answer = await request(dispatch.httpUrl, 'POST', '/chat', { message: 'hi', idempotencyKey });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    },
  );
});
