import { type DispatchProcesses, request, startDispatch } from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from './observations.ts';
import { createTalker } from './talker.ts';

/** Named places of the kernel, and the passes at which it dies there. */
const places: readonly (readonly [name: string, passes: readonly number[]])[] = [
  ['before-commit', [1, 2, 3, 5]],
  ['after-commit', [1, 2, 3, 5]],
  ['before-publish', [1, 2, 4]],
  ['after-publish', [1, 2, 4]],
  ['before-answer', [1, 2]],
  ['before-provider-request', [1, 2]],
  ['after-provider-request', [1, 2]],
  ['before-tool', [1]],
  ['after-tool', [1]],
];
const cases = places.flatMap(([name, passes]) => passes.map((pass) => `${name}#${pass}`));

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

describe('the kernel dies at a named place', () => {
  it.each(cases)('D1, D3, D5, T1, T3, T8, Q1: at %s', async (place) => {
    await dispatch.kernel.kill('SIGTERM');
    const dying = dispatch.startKernel({ DISPATCH_CRASH_AT: place }).catch(() => undefined);
    const { exited } = dispatch.kernel;
    let back = false;
    const restarted = exited.then(async (ending) => {
      await dying;
      await dispatch.startKernel();
      back = true;
      return ending;
    });
    const model = place.includes('tool') ? 'demo/tools' : 'demo/fast';
    const talker = createTalker(dispatch.wsUrl, (index) => `What time is it, ${index}?`, model);
    const deadline = performance.now() + 20_000;
    await talker.talk(() => back || performance.now() > deadline);
    expect(back).toBe(true);
    expect(await restarted).toEqual({ code: null, signal: 'SIGKILL' });
    await talker.talk(() => talker.observed.acknowledged.size >= 2);

    const path = `/conversations/${talker.conversationId}`;
    const log = await request(dispatch.httpUrl, 'GET', path);
    const metrics = await request(dispatch.httpUrl, 'GET', `${path}/metrics`);
    expect(violations(talker.observed, log.body.chunks, metrics.body.turns)).toEqual([]);
    expect((await request(dispatch.httpUrl, 'GET', `${path}/status`)).body.status).toBe('idle');
    for (const events of talker.observed.seen.values()) {
      const calls = events.filter(({ type }) => type === 'tool-call').length;
      expect(events.filter(({ type }) => type === 'tool-result')).toHaveLength(calls);
    }
  });
});
