import { type DispatchProcesses, runCli, startDispatch, startMeddlingProxy } from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureTerminal } from '../../../../apps/cli/src/__fixtures__/captured-terminal.ts';
import { allExperiments } from '../../../../apps/cli/src/probe/all-experiments.ts';
import { runCli as runProgram } from '../../../../apps/cli/src/program.ts';
import type { Breakage } from './breakage.ts';
import { httpBreakages } from './http-breakages.ts';
import { logBreakages } from './log-breakages.ts';
import { openingBreakages } from './opening-breakages.ts';
import { turnBreakages } from './turn-breakages.ts';
import { watchingBreakages } from './watching-breakages.ts';

const all = [...openingBreakages, ...turnBreakages, ...watchingBreakages, ...logBreakages, ...httpBreakages];

const promisesOf = (needsModel: boolean): readonly string[] =>
  allExperiments.flatMap((one) => (one.needsModel === needsModel ? one.promises.map(({ id }) => id) : []));

/** What shows without any model is tried there alone: that takes a second instead of ten. */
function triedWith({ breaks }: Pick<Breakage, 'breaks'>): readonly string[] {
  const quick = promisesOf(false);
  return breaks.every((id) => quick.includes(id)) ? ['--only', quick.join(',')] : [];
}

/** Promises that nothing here can break, with the reason. */
const CANNOT_APPLY = [
  'B.3-2',
  'B.3-3',
  'B.3-4',
  'B.3-6',
  'B.3-7',
  'B.3-10c',
  'C.3-12',
  'A.4-2',
  'C.5-4',
  'A.3-17',
];

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

interface Row {
  readonly type: string;
  readonly id: string;
  readonly outcome: string;
  readonly evidence?: string;
  readonly reason?: string;
}

const rowsIn = (text: string): readonly Row[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
    .filter(({ type }) => type === 'promise');

const ids = (rows: readonly Row[], outcome: string): readonly string[] =>
  rows.flatMap((row) => (row.outcome === outcome ? [row.id] : [])).sort();

/** Probes through a proxy that breaks one thing. */
async function probeBroken({
  how,
  breaks,
}: Breakage): Promise<{ code: number; rows: readonly Row[]; text: string }> {
  const proxy = await startMeddlingProxy(dispatch.httpUrl, how(dispatch.httpUrl));
  const terminal = captureTerminal();
  try {
    const code = await runProgram(
      ['probe', proxy.url, '--json', ...PATIENCE, ...triedWith({ breaks })],
      terminal,
    );
    const text = terminal.out() + terminal.err();
    return { code, rows: rowsIn(text), text };
  } finally {
    await proxy.close();
  }
}

describe('dispatch probe', () => {
  it('finds every promise kept by a gateway that runs, and leaves only closed conversations of its own', async () => {
    const { code, stdout, stderr } = await runCli(['probe', dispatch.httpUrl, '--json']);
    const rows = rowsIn(stdout + stderr);
    expect(rows.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(ids(rows, 'not-applicable')).toEqual([...CANNOT_APPLY].sort());
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

/** What came of each breakage. Most of a probe waits for a model to write, so many run at once. */
const outcomes = new Map<string, Awaited<ReturnType<typeof probeBroken>>>();
const AT_ONCE = 14;

describe('each breakage turns its own promises red, and no other', () => {
  beforeAll(async () => {
    const waiting = [...all];
    const work = async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        outcomes.set(one.name, await probeBroken(one));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }, 1_200_000);

  it.each(all)('a gateway that $name', ({ name, breaks }) => {
    const { code, rows } = outcomes.get(name) ?? { code: -1, rows: [] };
    const unexpected = rows.filter(({ id, outcome }) => outcome === 'fail' && !breaks.includes(id));
    expect(unexpected.map(({ id, evidence }) => `${id}: ${evidence}`)).toEqual([]);
    expect(ids(rows, 'fail')).toEqual([...breaks].sort());
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
