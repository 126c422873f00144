import type { WarmOutcome } from '@dispatch/extension-api';
import { createTestHost } from '@dispatch/extension-api/testing';
import { expect, it } from 'vitest';
import { extension } from './extension.ts';

const usage = { inputTokens: 2_000, outputTokens: 0, cacheReadTokens: 2_000, cacheWriteTokens: 0 };

it('a hundred that are due at once go 64 at a time, and one that is switched off meanwhile is not sent', async () => {
  const test = createTestHost({ manifest: extension.manifest });
  const waiting: ((outcome: WarmOutcome) => void)[] = [];
  test.models.answerWarms(() => new Promise((resolve) => waiting.push(resolve)));
  await test.activate(extension);
  const toggle = (conversationId: string, payload: boolean) =>
    test.invoke('cache-warming', 'cache-warming/toggle', payload, { conversationId });
  for (let index = 0; index < 100; index += 1) {
    test.models.put(`c${index}`);
    await toggle(`c${index}`, true);
  }
  test.clock.pass(240_000);
  await test.advance(0);
  expect(waiting).toHaveLength(64);
  await toggle('c99', false);
  for (let done = 0; done < 100; done += 1) {
    const at = test.clock.now();
    waiting[done]?.({ kind: 'warmed', model: 'demo/default', usage, startedAt: at, completedAt: at });
    await test.advance(0);
  }
  const sent = test.models.warms.map(({ call }) => call.conversationId);
  expect(sent).toHaveLength(99);
  expect(sent).not.toContain('c99');
  expect(test.timers()).toHaveLength(99);
  expect(test.failures).toEqual([]);
});
