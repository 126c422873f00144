import { describe, expect, it, onTestFinished } from 'vitest';
import { ask } from '../__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import { holdDatabase } from '../storage/__fixtures__/hold-database.ts';

const NO_DISK_HAS_THIS = 2 ** 52;

async function start(reserveBytes: number) {
  const dataDir = temporaryDataDir();
  const kernel = await startTestKernel(dataDir, {}, { reserveBytes });
  onTestFinished(() => kernel.stop(0));
  return dataDir;
}

const writes: readonly (readonly [string, string, object])[] = [
  ['POST', '/internal/turns', { conversationId: 'c1', message: 'hi' }],
  ['PUT', '/conversations/c1/title', { title: 'a' }],
  ['PUT', '/conversations/c1/cwd', { cwd: '/a' }],
  ['PUT', '/conversations/c1/model', { model: 'test/echo' }],
  ['POST', '/conversations/c1/close', {}],
];

describe('without room for the reserve', () => {
  it('D8: every route that writes is answered 507, readiness too, and reads go on', async () => {
    const dataDir = await start(NO_DISK_HAS_THIS);
    for (const [method, path, body] of [...writes, ['GET', '/internal/ready', undefined] as const]) {
      expect(await ask(dataDir, method, path, { body }), path).toMatchObject({
        status: 507,
        body: {
          code: 'storage-full',
          retryable: true,
          error: expect.any(String),
          requestId: expect.any(String),
        },
      });
    }
    for (const path of ['/conversations', '/conversations/c1', '/conversations/c1/title']) {
      expect((await ask(dataDir, 'GET', path)).status, path).toBe(200);
    }
  });
});

describe('a database another process holds', () => {
  it('every route that writes is answered 503 as something to be tried again, and reads go on', async () => {
    const dataDir = await start(4_096);
    const free = holdDatabase(dataDir);
    const answers = await Promise.all(
      writes.map(([method, path, body]) => ask(dataDir, method, path, { body })),
    );
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'kernel-unavailable', retryable: true } });
      expect(JSON.stringify(answer.body)).not.toMatch(/sqlite/i);
    }
    expect((await ask(dataDir, 'GET', '/conversations/c1')).status).toBe(200);
    free();
    for (const [method, path, body] of writes) {
      expect((await ask(dataDir, method, path, { body })).status, path).toBe(200);
    }
  });
});
