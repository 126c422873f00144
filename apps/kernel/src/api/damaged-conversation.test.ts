import { expect, it, onTestFinished, vi } from 'vitest';
import { ask } from '../__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import { tamper } from '../storage/__fixtures__/tamper.ts';
import { recordingLog } from '../turn/__fixtures__/engine.ts';

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
    await vi.waitFor(
      async () => expect((await ask(dataDir, 'GET', '/conversations/c1/status')).body.turnId).toBeNull(),
      10_000,
    );
    tamper(dataDir, sql);
    const refused = await send('c1');
    expect(refused).toMatchObject({ status: 409, body: { code: 'conversation-damaged', retryable: false } });
    expect((await ask(dataDir, 'GET', '/conversations/c1')).body).toMatchObject({ damaged });
    expect((await send('c2')).status).toBe(200);
  },
);

it('D9: damage is told with every read, and logged once', async () => {
  const dataDir = temporaryDataDir();
  const logged: string[] = [];
  const kernel = await startTestKernel(dataDir, {}, { log: recordingLog(logged) });
  onTestFinished(() => kernel.stop(0));
  await ask(dataDir, 'POST', '/internal/turns', { body: { conversationId: 'c1', message: 'hi' } });
  await vi.waitFor(
    async () => expect((await ask(dataDir, 'GET', '/conversations/c1/status')).body.turnId).toBeNull(),
    10_000,
  );
  tamper(dataDir, `delete from chunk where seq = 2; update turn set metrics = '{}'`);
  for (let read = 0; read < 3; read += 1) {
    expect((await ask(dataDir, 'GET', '/conversations/c1')).body).toMatchObject({ damaged: [2] });
    const metrics = await ask(dataDir, 'GET', '/conversations/c1/metrics');
    expect(metrics).toMatchObject({ status: 200, body: { turns: [], damaged: [1] } });
  }
  expect(logged.filter((line) => line.includes('damaged'))).toEqual([
    'a conversation has damaged chunks',
    'a conversation has turns with damaged metrics',
  ]);
});

it('D9: a conversation whose own row is lost is refused, not empty, and nobody takes it over', async () => {
  const dataDir = temporaryDataDir();
  const kernel = await startTestKernel(dataDir);
  onTestFinished(() => kernel.stop(0));
  const send = () =>
    ask(dataDir, 'POST', '/internal/turns', { body: { conversationId: 'c1', message: 'hi' } });
  await send();
  await vi.waitFor(
    async () => expect((await ask(dataDir, 'GET', '/conversations/c1/status')).body.turnId).toBeNull(),
    10_000,
  );
  tamper(dataDir, 'delete from conversation');
  const refused = { status: 409, body: { code: 'conversation-damaged' } };
  expect(await ask(dataDir, 'GET', '/conversations/c1')).toMatchObject(refused);
  expect(await send()).toMatchObject(refused);
  expect(await ask(dataDir, 'PUT', '/conversations/c1/title', { body: { title: 'mine' } })).toMatchObject(
    refused,
  );
});
