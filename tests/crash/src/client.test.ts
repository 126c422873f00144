import { createClient } from '@dispatch/client';
import { type DispatchProcesses, eventually, startDispatch } from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

describe('the client', () => {
  it('R9, D5: gives each event once and in order over kills of both processes, and what it sent offline arrives once', async () => {
    const client = createClient({ url: dispatch.httpUrl, WebSocket: WebSocket as never });
    const connection = client.connect();
    await connection.opened();
    const conversationId = crypto.randomUUID();
    const seen: {
      readonly type: string;
      readonly turnId?: string | undefined;
      readonly n?: number | undefined;
      readonly delta?: string;
    }[] = [];
    const resets: unknown[] = [];
    connection.subscribe(
      conversationId,
      { onReset: (reset) => resets.push(reset) },
      (event, { turnId, n }) => {
        seen.push({ ...event, turnId, n });
      },
    );
    const sealed = (turnId: string) =>
      eventually(
        `the seal of ${turnId}`,
        () => seen.some((event) => event.turnId === turnId && event.type === 'turn-sealed'),
        60_000,
      );
    const message = (text: string) => ({ conversationId, message: text, model: 'demo/writer' });

    const first = await connection.send(message('one'));
    await eventually('text', () => seen.length > 8);
    await dispatch.gateway.kill();
    await dispatch.startGateway();
    await sealed(first.turnId);

    const second = await connection.send(message('two'));
    await eventually('text', () => seen.filter(({ turnId }) => turnId === second.turnId).length > 8);
    await dispatch.kernel.kill();
    await dispatch.startKernel();
    await sealed(second.turnId);

    await dispatch.gateway.kill();
    const offline = connection.send(message('words: 20'));
    await dispatch.startGateway();
    const third = await offline;
    await sealed(third.turnId);

    for (const { turnId } of [first, second, third]) {
      const events = seen.filter((event) => event.turnId === turnId);
      expect(events.map(({ n }) => n)).toEqual(events.map((_, index) => index));
      const { chunks } = await client.history(conversationId);
      const stored = chunks.filter((row) => row.turnId === turnId && row.role === 'assistant');
      const text = stored.map(({ chunk }) => (chunk.type === 'text' ? chunk.text : '')).join('');
      expect(events.map(({ delta }) => delta ?? '').join('')).toBe(text);
      expect(chunks.filter((row) => row.turnId === turnId && row.role === 'user')).toHaveLength(1);
    }
    expect(resets).toEqual([]);
    connection.close();
  });
});
