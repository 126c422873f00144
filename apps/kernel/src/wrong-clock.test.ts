import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask } from './__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from './__fixtures__/test-kernel.ts';
import { systemClock } from './clock.ts';
import type { Kernel } from './kernel.ts';

const TRUE_TIME = Date.UTC(2026, 10, 21);
const WRONG_TIMES = [Date.UTC(2100, 0, 1), 0, TRUE_TIME + 3 * 86_400_000, TRUE_TIME - 3_600_000];

let dataDir: string;
let kernel: Kernel;
let now = TRUE_TIME;
beforeAll(async () => {
  dataDir = temporaryDataDir();
  kernel = await startTestKernel(dataDir, {}, { clock: { ...systemClock, wall: () => now } });
});
afterAll(() => kernel.stop(0));

const get = async (path: string) => (await ask(dataDir, 'GET', path)).body;

async function turn(conversationId: string, more: object = {}): Promise<string> {
  const body = { conversationId, message: 'hi', ...more };
  const { turnId } = (await ask(dataDir, 'POST', '/internal/turns', { body })).body;
  await vi.waitFor(
    async () => expect((await get(`/conversations/${conversationId}/status`)).turnId).toBeNull(),
    10_000,
  );
  return turnId;
}

describe('a clock that is set while the kernel runs', () => {
  it('Q5: the list is in the order of what happened, whatever the time was', async () => {
    const expected: string[] = [];
    for (const [index, wrong] of WRONG_TIMES.entries()) {
      now = wrong;
      await turn(`wrong-${index}`);
      now = TRUE_TIME;
      await turn(`right-${index}`);
      expected.unshift(`right-${index}`, `wrong-${index}`);
    }
    await ask(dataDir, 'PUT', '/conversations/titled/title', { body: { title: 'new' } });
    await turn('wrong-0');
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { conversations: { id: string }[]; nextCursor: string | null } = await get(
        `/conversations?limit=2&cursor=${cursor}`,
      );
      seen.push(...page.conversations.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['wrong-0', 'titled', ...expected.filter((id) => id !== 'wrong-0')]);
  });

  it('what happened last is told by the clock as it is then, also when that is earlier', async () => {
    now = Date.UTC(2100, 0, 1);
    await turn('told');
    now = TRUE_TIME;
    await turn('told');
    expect((await get('/conversations?limit=1')).conversations[0]).toMatchObject({
      id: 'told',
      lastActivityAt: TRUE_TIME,
    });
  });

  it('D5: a key makes one turn, whatever the time is set to between two sends', async () => {
    const first = await turn('keyed', { idempotencyKey: 'once' });
    for (const wrong of WRONG_TIMES) {
      now = wrong;
      expect(await turn('keyed', { idempotencyKey: 'once' })).toBe(first);
    }
    now = TRUE_TIME;
    expect((await get('/conversations/keyed')).chunks).toHaveLength(2);
  });
});
