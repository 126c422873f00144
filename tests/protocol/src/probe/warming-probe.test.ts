import { type DispatchProcesses, runCli, startDispatch } from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allWarmingExperiments } from '../../../../apps/cli/src/probe/warming/all-warming-experiments.ts';
import { lookAt } from '../warming/__fixtures__/warming-client.ts';
import { FULL_MODEL, startWarmingProvider } from '../warming/__fixtures__/warming-provider.ts';
import type { Breakage } from './breakage.ts';
import { idsOf, type ProbeOutcome, probeAll, rowsIn } from './probe-runs.ts';
import { surfaceBreakages } from './surface-breakages.ts';
import { warmingBreakages } from './warming-breakages.ts';

const all = [...warmingBreakages, ...surfaceBreakages];

/** Promises that nothing can break, with the reason told by the probe, and those that the plain probe's tests break. */
const CANNOT_APPLY = ['B.3-10c', 'B.3-2', 'B.3-6', 'B.3-7'];
const BROKEN_ELSEWHERE = ['U1-1', 'U1-2', 'U4-1', 'B.3-3', 'C3-1'];

let dispatch: DispatchProcesses;
/** What came of each breakage. They are tried beside everything else: most of a probe waits. */
let running: ReturnType<typeof probeAll>;
const AT_ONCE = 14;
beforeAll(async () => {
  dispatch = await startDispatch();
  running = probeAll(dispatch.httpUrl, all, argsFor, AT_ONCE);
  running.catch(() => undefined);
});
afterAll(() => dispatch.stop());

/** Each breakage meets what is tried for the promises it breaks, and all that is judged from the same. */
function argsFor({ breaks }: Breakage): readonly string[] {
  const met = allWarmingExperiments.filter(({ promises }) => promises.some(({ id }) => breaks.includes(id)));
  const only = met.flatMap(({ promises }) => promises.map(({ id }) => id));
  return ['--warming', '--patience', '4', '--only', only.join(',')];
}

describe('dispatch probe --warming', () => {
  it.concurrent('finds every promise kept by a gateway that runs, in 30 s', async () => {
    const began = performance.now();
    const { code, stdout, stderr } = await runCli([
      'probe',
      dispatch.httpUrl,
      '--warming',
      '--json',
      '--keep',
    ]);
    expect(performance.now() - began).toBeLessThan(30_000);
    const rows = rowsIn(stdout + stderr);
    expect(rows.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(idsOf(rows, 'not-applicable')).toEqual(CANNOT_APPLY);
    expect(rows.length).toBeGreaterThan(35);
    expect(code).toBe(0);
  });

  it.concurrent('says what it could not look at with a model of somebody: failures, and turns that are too quick', async () => {
    const provider = await startWarmingProvider();
    const other = await startDispatch({ env: provider.env });
    const args = ['--warming', '--json', '--model', FULL_MODEL];
    const { code, stdout } = await runCli(['probe', other.httpUrl, ...args]);
    await other.stop();
    const calls = provider.server.requests.filter(({ method }) => method === 'POST').length;
    await provider.server.close();
    const rows = rowsIn(stdout);
    expect(rows.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(code).toBe(0);
    expect(rows.find(({ id }) => id === 'W9-1')?.reason).toMatch(/^not looked at/);
    expect(idsOf(rows, 'not-applicable')).toEqual(
      [...CANNOT_APPLY, 'W9-1', 'W9-2', 'W2-2', 'W4-1', 'W11-1', 'W11-2', 'T5-5'].sort(),
    );
    // What --help says of the cost.
    expect(calls).toBeLessThan(20);
  });
});

let outcomes: ReadonlyMap<string, ProbeOutcome>;

describe('each breakage turns its own promises red, and no other', () => {
  beforeAll(async () => {
    outcomes = await running;
  }, 300_000);

  it.each(all)('a gateway that $name', ({ name, breaks }) => {
    const { code, rows } = outcomes.get(name) ?? { code: -1, rows: [] };
    const failed = rows.filter(({ outcome }) => outcome === 'fail');
    const unexpected = failed.filter(({ id }) => !breaks.includes(id));
    expect(unexpected.map(({ id, evidence }) => `${id}: ${evidence}`)).toEqual([]);
    expect(idsOf(rows, 'fail')).toEqual([...breaks].sort());
    expect(code).toBe(3);
    for (const { evidence } of failed) expect(evidence).toMatch(/./);
  });

  it('nothing is left behind that is kept warm, though the probe was told to leave its conversations open', async () => {
    const openOnes = async () => {
      const answer = await fetch(`${dispatch.httpUrl}/conversations?limit=200`);
      const { conversations } = (await answer.json()) as { conversations: { id: string; status: string }[] };
      expect(conversations.length).toBeGreaterThan(20);
      return conversations.filter(({ status }) => status !== 'closed').map(({ id }) => id);
    };
    const open = await openOnes();
    const args = ['--warming', '--keep', '--only', 'W2-1'];
    expect((await runCli(['probe', dispatch.httpUrl, ...args])).code).toBe(0);
    expect(await openOnes()).toEqual(open);
    // The breakage that closes nothing leaves what it had, switched off.
    for (const id of open) {
      const client = await lookAt(dispatch.wsUrl, id);
      expect(client.last().on).toBe(false);
      client.close();
    }
  });

  it('every promise that is judged has been seen broken', () => {
    const broken = new Set([...all.flatMap(({ breaks }) => breaks), ...BROKEN_ELSEWHERE]);
    const judged = allWarmingExperiments.flatMap(({ promises }) => promises.map(({ id }) => id));
    expect(judged.filter((id) => !broken.has(id) && !CANNOT_APPLY.includes(id))).toEqual([]);
  });
});
