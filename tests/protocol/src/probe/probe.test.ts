import { type DispatchProcesses, runCli, startDispatch } from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allExperiments } from '../../../../apps/cli/src/probe/all-experiments.ts';
import type { Breakage } from './breakage.ts';
import { httpBreakages } from './http-breakages.ts';
import { logBreakages } from './log-breakages.ts';
import { openingBreakages } from './opening-breakages.ts';
import { idsOf, type ProbeOutcome, probeAll, rowsIn } from './probe-runs.ts';
import { turnBreakages } from './turn-breakages.ts';
import { watchingBreakages } from './watching-breakages.ts';

const all = [...openingBreakages, ...turnBreakages, ...watchingBreakages, ...logBreakages, ...httpBreakages];

const promisesOf = (needsModel: boolean): readonly string[] =>
  allExperiments.flatMap((one) => (one.needsModel === needsModel ? one.promises.map(({ id }) => id) : []));

/** One in so many breakages meets every promise there is; the others what is judged from the same as theirs. */
const WHOLE_EVERY = 4;

/** What a breakage is tried with. What shows without any model takes a second, everything takes ten. */
function triedWith({ breaks }: Breakage, place: number): readonly string[] {
  if (place % WHOLE_EVERY === 0) return [];
  const met = allExperiments.filter(
    ({ needsModel, promises }) => !needsModel || promises.some(({ id }) => breaks.includes(id)),
  );
  return ['--only', met.flatMap(({ promises }) => promises.map(({ id }) => id)).join(',')];
}

/** Promises that nothing here can break, with the reason. */
const CANNOT_APPLY = ['B.3-2', 'B.3-6', 'B.3-7', 'B.3-10c', 'C.3-12', 'A.4-2', 'C.5-4', 'A.3-17'];

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

describe('dispatch probe', () => {
  it('finds every promise kept by a gateway that runs, and leaves only closed conversations of its own', async () => {
    const { code, stdout, stderr } = await runCli(['probe', dispatch.httpUrl, '--json']);
    const rows = rowsIn(stdout + stderr);
    expect(rows.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(idsOf(rows, 'not-applicable')).toEqual([...CANNOT_APPLY].sort());
    expect(rows.length).toBeGreaterThan(100);
    expect(code).toBe(0);
    const end = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(end).toMatchObject({
      type: 'end',
      status: 'ok',
      failed: 0,
      passed: rows.length - CANNOT_APPLY.length,
    });
    const { conversations } = (await (await fetch(`${dispatch.httpUrl}/conversations?limit=200`)).json()) as {
      conversations: { id: string; status: string }[];
    };
    expect(conversations.filter(({ status }) => status !== 'closed')).toEqual([]);
    const named = conversations.filter(({ id }) => id.startsWith('probe_')).length;
    expect(conversations.length - named).toBe(4);
  });
});

/** Enough for a busy machine; what is missing on purpose is waited for this long. */
const PATIENCE = ['--patience', '10'];

/** Most of a probe waits for a model to write, so many run at once. */
const AT_ONCE = 14;
let outcomes: ReadonlyMap<string, ProbeOutcome>;

describe('each breakage turns its own promises red, and no other', () => {
  beforeAll(async () => {
    const argsFor = (one: Breakage) => [...PATIENCE, ...triedWith(one, all.indexOf(one))];
    outcomes = await probeAll(dispatch.httpUrl, all, argsFor, AT_ONCE);
  }, 1_200_000);

  it.each(all)('a gateway that $name', ({ name, breaks }) => {
    const { code, rows } = outcomes.get(name) ?? { code: -1, rows: [] };
    const unexpected = rows.filter(({ id, outcome }) => outcome === 'fail' && !breaks.includes(id));
    expect(unexpected.map(({ id, evidence }) => `${id}: ${evidence}`)).toEqual([]);
    expect(idsOf(rows, 'fail')).toEqual([...breaks].sort());
    expect(code).toBe(3);
    for (const { outcome, evidence } of rows) if (outcome === 'fail') expect(evidence).toMatch(/./);
  });

  it('every promise that is judged has been seen broken', () => {
    const broken = new Set(all.flatMap(({ breaks }) => breaks));
    const judged = [...promisesOf(false), ...promisesOf(true)].filter((id) => !CANNOT_APPLY.includes(id));
    expect(judged.filter((id) => !broken.has(id))).toEqual([]);
    expect(judged.length).toBeGreaterThan(100);
  });
});
