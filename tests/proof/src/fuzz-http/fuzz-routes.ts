import { createCoverage } from '../fuzz/coverage.ts';
import { inLanes } from '../fuzz/in-lanes.ts';
import type { Attack } from '../harness.ts';
import { faultOfResponse } from './check-response.ts';
import { createHttpLane } from './http-lane.ts';
import { CHANGES, fits, ROUTE_NAMES, routeRequest } from './route-requests.ts';
import type { Written } from './written.ts';

const LANES = 6;
const SLOW_MS = 10_000;
/** More would be the same fault again and again. */
const MOST_FAULTS = 30;

/** Sends requests to every route of the table, right and changed in every way that fits it, and checks each answer. */
export async function fuzzRoutes(
  port: number,
  isAlive: () => boolean,
  written: Written,
  attack: Attack,
  requests: number,
): Promise<void> {
  const { random, count, violation } = attack;
  const kinds = ROUTE_NAMES.flatMap((route) =>
    CHANGES.filter((change) => fits(route, change)).map((change) => [route, change] as const),
  );
  const coverage = createCoverage();
  const lanes = Array.from({ length: LANES }, () => createHttpLane(port));
  let faults = 0;
  let slowest = 0;
  await inLanes(
    LANES,
    requests,
    () => !isAlive() || faults >= MOST_FAULTS,
    async (index, lane) => {
      const [route, change] = kinds[index % kinds.length] ?? (['health', 'right'] as const);
      const asked = routeRequest(route, change, `r${index}`, random);
      const began = performance.now();
      const answer = (await lanes[lane]?.ask(asked.request)) ?? 'no lane';
      slowest = Math.max(slowest, performance.now() - began);
      const { method, target, headers, body } = asked.request;
      const shown = `${change} ${method} ${target} ${JSON.stringify(headers)} ${body.toString('utf8')}`.slice(
        0,
        500,
      );
      const fault = typeof answer === 'string' ? answer : faultOfResponse(asked, answer);
      if (fault !== undefined) {
        faults += 1;
        violation(`S-25: ${fault}: ${typeof answer === 'string' ? '' : answer.status} to ${shown}`);
      }
      coverage.hit(`${route}: ${change}`);
      count('requests');
      if (typeof answer === 'string') return;
      count(answer.status < 400 ? 'requests accepted' : 'requests refused');
      written.note(asked, answer);
    },
  );
  for (const lane of lanes) lane.close();
  coverage.check(
    kinds.map(([route, change]) => `${route}: ${change}`),
    Math.floor(requests / kinds.length),
    attack,
  );
  attack.note(`the slowest answer took ${Math.round(slowest)} ms`);
  if (slowest > SLOW_MS) violation(`L2: an answer took ${Math.round(slowest)} ms`);
}
