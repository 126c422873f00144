import { expect, it, onTestFinished, vi } from 'vitest';
import { ask } from '../__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import { tamper } from '../storage/__fixtures__/tamper.ts';

it.each([
  ['a changed chunk', `update chunk set body = replace(body, 'hi', 'ho') where seq = 1`, [1]],
  ['a lost end', `delete from chunk where seq = 2`, [2]],
])(
  'D9: with %s a conversation can be read, and sends to it get 409 conversation-damaged',
  async (_, sql, damaged) => {
    const dataDir = temporaryDataDir();
    const kernel = await startTestKernel(dataDir);
    onTestFinished(() => kernel.stop(0));
    const send = (conversationId: string) =>
      ask(dataDir, 'POST', '/internal/turns', { body: { conversationId, message: 'hi' } });
    expect((await send('c1')).status).toBe(200);
    await vi.waitFor(async () =>
      expect((await ask(dataDir, 'GET', '/conversations/c1/status')).body.turnId).toBeNull(),
    );
    tamper(dataDir, sql);
    const refused = await send('c1');
    expect(refused).toMatchObject({ status: 409, body: { code: 'conversation-damaged', retryable: false } });
    expect((await ask(dataDir, 'GET', '/conversations/c1')).body).toMatchObject({ damaged });
    expect((await send('c2')).status).toBe(200);
  },
);
