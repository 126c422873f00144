import { expect, it, onTestFinished, vi } from 'vitest';
import { ask } from './__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from './__fixtures__/test-kernel.ts';
import { tamper, zeroRootOf } from './storage/__fixtures__/tamper.ts';
import { recordingLog } from './turn/__fixtures__/engine.ts';

const send = (dataDir: string, conversationId: string, model: string) =>
  ask(dataDir, 'POST', '/internal/turns', { body: { conversationId, message: 'hi', model } });
const isIdle = (dataDir: string, conversationId: string) =>
  vi.waitFor(async () => {
    const { body } = await ask(dataDir, 'GET', `/conversations/${conversationId}/status`);
    expect(body.turnId).toBeNull();
  }, 10_000);

/** One conversation with one turn, closed by a kernel; then one page is lost and the mark of the clean stop with it. */
async function damaged(): Promise<string> {
  const dataDir = temporaryDataDir();
  const kernel = await startTestKernel(dataDir);
  await send(dataDir, 'c1', 'test/echo');
  await isIdle(dataDir, 'c1');
  await kernel.stop(0);
  tamper(dataDir, `delete from meta where key = 'stopped-cleanly'`);
  zeroRootOf(dataDir, 'idempotency_expiry');
  return dataDir;
}

it('D9, T1, O3: a finding after an unclean stop ends running turns and closes the store to writes, and reads go on', async () => {
  const dataDir = await damaged();
  const logged: string[] = [];
  const kernel = await startTestKernel(dataDir, {}, { log: recordingLog(logged) });
  onTestFinished(() => kernel.stop(0));
  const started = await send(dataDir, 'c2', 'test/endless');
  if (started.status === 200) {
    await isIdle(dataDir, 'c2');
    const { body } = await ask(dataDir, 'GET', '/conversations/c2');
    expect(body.chunks.at(-1)).toMatchObject({ chunk: { type: 'error', code: 'store-read-only' } });
  }
  await vi.waitFor(() => expect(logged.join()).toContain('restore a backup'), 10_000);
  const refused = { status: 503, body: { code: 'store-read-only', retryable: false } };
  expect(await ask(dataDir, 'GET', '/internal/ready')).toMatchObject(refused);
  expect(await send(dataDir, 'c1', 'test/echo')).toMatchObject(refused);
  const title = { body: { title: 'new' } };
  expect(await ask(dataDir, 'PUT', '/conversations/c1/title', title)).toMatchObject(refused);
  const history = await ask(dataDir, 'GET', '/conversations/c1');
  expect(history.body.chunks).toHaveLength(2);
  expect(history.body.damaged).toBeUndefined();
});

it('D9: the next start looks again, whether or not it was stopped in order', async () => {
  const dataDir = await damaged();
  for (let start = 0; start < 2; start += 1) {
    const logged: string[] = [];
    const kernel = await startTestKernel(dataDir, {}, { log: recordingLog(logged) });
    await vi.waitFor(() => expect(logged.join()).toContain('restore a backup'), 10_000);
    await kernel.stop(0);
  }
});

it('a store whose structure is whole is trusted again after the check', async () => {
  const dataDir = temporaryDataDir();
  await (await startTestKernel(dataDir)).stop(0);
  tamper(dataDir, `delete from meta where key = 'stopped-cleanly'`);
  const logged: string[] = [];
  const kernel = await startTestKernel(dataDir, {}, { log: recordingLog(logged) });
  await vi.waitFor(() => expect(logged.join()).toContain('its structure is whole'), 10_000);
  expect((await ask(dataDir, 'GET', '/internal/ready')).status).toBe(200);
  await kernel.stop(0);
  const again: string[] = [];
  const next = await startTestKernel(dataDir, {}, { log: recordingLog(again) });
  await next.stop(0);
  expect(again.join()).not.toContain('not closed');
});
