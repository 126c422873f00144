import { type DispatchProcesses, request, startDispatch } from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from './observations.ts';
import { createTalker } from './talker.ts';

/** Kills to make; `DISPATCH_KILLS` asks for more. */
const kills = Number(process.env['DISPATCH_KILLS'] ?? 24);

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the kill loop', () => {
  it(
    'D1, D3, D5, T1, T3, Q1: kill -9 of kernel and gateway at random instants loses nothing and seals every turn once',
    async () => {
      let over = false;
      const talkers = [
        createTalker(dispatch.wsUrl, (index) => `Please go on, part ${index}. words: 60`, 'demo/writer'),
        createTalker(dispatch.wsUrl, (index) => `And you, part ${index}? words: 60`, 'demo/writer'),
        createTalker(dispatch.wsUrl, (index) => `What time is it, part ${index}?`, 'demo/tools'),
        createTalker(dispatch.wsUrl, (index) => `Quickly, part ${index}. words: 30`, 'demo/fast'),
      ];
      const talking = Promise.all(talkers.map((talker) => talker.talk(() => over)));
      let kernelKills = 0;
      for (let kill = 0; kill < kills; kill += 1) {
        await pause(150 + Math.random() * 900);
        if (kill % 3 === 2) {
          await dispatch.gateway.kill();
          await dispatch.startGateway();
        } else {
          kernelKills += 1;
          await dispatch.kernel.kill();
          await dispatch.startKernel();
        }
      }
      over = true;
      await talking;

      const found: string[] = [];
      let acknowledged = 0;
      let interrupted = 0;
      for (const { conversationId, observed } of talkers) {
        const path = `/conversations/${conversationId}`;
        const log = await request(dispatch.httpUrl, 'GET', path);
        const metrics = await request(dispatch.httpUrl, 'GET', `${path}/metrics`);
        const status = await request(dispatch.httpUrl, 'GET', `${path}/status`);
        found.push(...violations(observed, log.body.chunks, metrics.body.turns));
        if (status.body.status !== 'idle') found.push(`T3: ${conversationId} reads as ${status.body.status}`);
        acknowledged += observed.acknowledged.size;
        for (const events of observed.seen.values()) {
          if (events.some((event) => event['reason'] === 'interrupted')) interrupted += 1;
        }
      }
      process.stdout.write(
        `kill loop: ${kernelKills} kernel and ${kills - kernelKills} gateway kills, ${acknowledged} acknowledged messages, ${interrupted} interrupted turns\n`,
      );
      expect(found).toEqual([]);
      expect(kernelKills).toBeGreaterThanOrEqual(kills / 2);
      expect(acknowledged).toBeGreaterThanOrEqual(kills / 2);
      expect(interrupted).toBeGreaterThanOrEqual(kills / 8);
    },
    30_000 + kills * 6_000,
  );
});
