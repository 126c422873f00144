import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WarmingChecks } from './__fixtures__/warming-checks.ts';
import { commands } from './__fixtures__/warming-commands.ts';
import { WarmingWorld } from './__fixtures__/warming-world.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 300);

it('W1 to W13, U4: hold behind every step of whatever happens', { timeout: 120_000 }, async () => {
  let steps = 0;
  let warms = 0;
  await fc.assert(
    fc.asyncProperty(commands, async (list) => {
      const world = await new WarmingWorld().begin();
      const checks = new WarmingChecks(world);
      for (const command of list) await checks.run(command);
      steps += list.length;
      warms += world.sent();
    }),
    { numRuns },
  );
  // Below this the run would have proved little.
  expect(steps).toBeGreaterThan(numRuns * 10);
  expect(warms).toBeGreaterThan(numRuns / 2);
});
