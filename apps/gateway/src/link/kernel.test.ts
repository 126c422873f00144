import type { WsServerMessage } from '@dispatch/transport-contract';
import { afterEach, describe, expect, it } from 'vitest';
import { problem } from '../__fixtures__/fake-answer.ts';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { pause, until } from '../__fixtures__/until.ts';
import { LOCAL_CALLER } from '../auth/caller.ts';
import { KernelUnavailable } from './kernel-rpc.ts';

let test: TestGateway;
afterEach(() => test.stop());

const ask = (options: { method?: string; repeatable?: boolean } = {}) =>
  test.gateway.services.kernel.rpc.request({
    method: options.method ?? 'GET',
    path: '/models',
    principal: LOCAL_CALLER.principal,
    repeatable: options.repeatable ?? true,
  });

describe('Kernel', () => {
  it('reads the secret anew for each kernel and comes back by itself', async () => {
    test = await startTestGateway();
    const { kernel } = test.gateway.services;
    const states: string[] = [];
    kernel.onState((state) => states.push(state));
    const { secret } = kernel;
    await test.restartKernel();
    await until('the kernel is back', () => states.length === 2);
    expect(states).toEqual(['down', 'up']);
    expect(kernel.secret).not.toBe(secret);
    expect((await ask()).status).toBe(200);
  });

  it('is up only when every watch is live again', async () => {
    test = await startTestGateway();
    const { kernel } = test.gateway.services;
    const { watched } = kernel.watch({ topic: 'turn:c', userId: 'usr_owner', deliver: () => undefined });
    await watched;
    await test.restartKernel((next) => {
      next.holdWatches = true;
    });
    await until('the watch is repeated', () => test.kernel.upFrames.some(({ type }) => type === 'watch'));
    await pause(30);
    expect(kernel.state).toBe('down');
    test.kernel.releaseWatches();
    await until('the kernel is up', () => kernel.state === 'up');
  });

  it('L1: tens of thousands of watches are restored over one link, however much that is', async () => {
    test = await startTestGateway();
    const { kernel } = test.gateway.services;
    const watches = 30_000;
    test.kernel.kill();
    await until('it is down', () => kernel.state === 'down');
    for (let count = 0; count < watches; count += 1) {
      const topic = `turn:${`${count}`.padEnd(300, 'x')}` as const;
      kernel.watch({ topic, userId: 'usr_owner', deliver: () => undefined });
    }
    await test.restartKernel();
    await until('the kernel is up', () => kernel.state === 'up', 20_000);
    expect(test.kernel.upFrames.filter(({ type }) => type === 'hello')).toHaveLength(1);
    expect(test.kernel.upFrames).toHaveLength(1 + watches);
  }, 30_000);

  it('holds requests while a kernel restarts, up to 2 s', async () => {
    test = await startTestGateway();
    test.kernel.kill();
    await until('it is down', () => test.gateway.services.kernel.state === 'down');
    const held = ask({ method: 'POST', repeatable: false });
    await pause(300);
    await test.restartKernel();
    expect((await held).status).toBe(200);
    test.kernel.kill();
    await until('it is down', () => test.gateway.services.kernel.state === 'down');
    const started = performance.now();
    // A timer of ours is as late as those of a gateway that a busy machine holds up.
    const tooLate = pause(3_000).then(() => 'too late');
    expect(await Promise.race([ask().catch((error) => error), tooLate])).toBeInstanceOf(KernelUnavailable);
    expect(performance.now() - started).toBeGreaterThan(1_900);
  });

  it.each<readonly [string, unknown]>([
    ['no frame', null],
    ['an event that is none', { type: 'chat.delta', n: 0, event: null }],
    ['a turn that is no text', { type: 'chat.delta', n: 0, event: { type: 'done', turnId: {} } }],
  ])('L4: %s ends that link alone, and the next one is as good', async (_what, frame) => {
    test = await startTestGateway();
    const { kernel } = test.gateway.services;
    const { watched } = kernel.watch({ topic: 'turn:c', userId: 'usr_owner', deliver: () => undefined });
    await watched;
    const states: string[] = [];
    kernel.onState((state) => states.push(state));
    test.kernel.publish('turn:c', frame as WsServerMessage);
    await until('the link is made anew', () => states.length === 2);
    expect(states).toEqual(['down', 'up']);
    expect((await ask()).status).toBe(200);
  });

  it('asks again when the kernel is a newer one than its secret tells', async () => {
    test = await startTestGateway();
    let calls = 0;
    test.kernel.onRequest = () => {
      calls += 1;
      return calls === 1 ? { status: 503, body: problem('kernel-unavailable') } : { status: 200, body: {} };
    };
    expect((await ask({ method: 'POST', repeatable: false })).status).toBe(200);
    expect(calls).toBe(2);
  });

  it('repeats a cut request once, and only one that may be repeated', async () => {
    test = await startTestGateway();
    let calls = 0;
    test.kernel.onRequest = () => {
      calls += 1;
      return calls === 1 ? 'cut' : { status: 200, body: { calls } };
    };
    expect(JSON.parse((await ask()).body.toString())).toEqual({ calls: 2 });
    calls = 0;
    await expect(ask({ method: 'POST', repeatable: false })).rejects.toThrow(KernelUnavailable);
    expect(calls).toBe(1);
    test.kernel.onRequest = () => {
      calls += 1;
      return 'cut';
    };
    calls = 0;
    await expect(ask()).rejects.toThrow(KernelUnavailable);
    expect(calls).toBe(2);
  });
});
