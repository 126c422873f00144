import { startMeddlingProxy } from '@dispatch/tests-processes';
import { captureTerminal } from '../../../../apps/cli/src/__fixtures__/captured-terminal.ts';
import { runCli as runProgram } from '../../../../apps/cli/src/program.ts';
import type { Breakage } from './breakage.ts';

/** A promise, and what a probe said of it. */
export interface Row {
  readonly type: string;
  readonly id: string;
  readonly outcome: string;
  readonly evidence?: string;
  readonly reason?: string;
}

/** How a probe ended. */
export interface ProbeOutcome {
  readonly code: number;
  readonly rows: readonly Row[];
}

/** The promises in what `--json` printed. */
export const rowsIn = (text: string): readonly Row[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
    .filter(({ type }) => type === 'promise');

/** Ids of the promises that came out so, sorted. */
export const idsOf = (rows: readonly Row[], outcome: string): readonly string[] =>
  rows.flatMap((row) => (row.outcome === outcome ? [row.id] : [])).sort();

/** Probes a gateway through a proxy that breaks one thing. */
export async function probeBroken(
  gateway: string,
  { how }: Pick<Breakage, 'how'>,
  args: readonly string[],
): Promise<ProbeOutcome> {
  const proxy = await startMeddlingProxy(gateway, how(gateway));
  const terminal = captureTerminal();
  try {
    const code = await runProgram(['probe', proxy.url, '--json', ...args], terminal);
    return { code, rows: rowsIn(terminal.out() + terminal.err()) };
  } finally {
    await proxy.close();
  }
}

/** Probes all of them, so many at once: most of a probe waits. */
export async function probeAll(
  gateway: string,
  all: readonly Breakage[],
  argsFor: (breakage: Breakage) => readonly string[],
  atOnce: number,
): Promise<ReadonlyMap<string, ProbeOutcome>> {
  const outcomes = new Map<string, ProbeOutcome>();
  const waiting = [...all];
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      outcomes.set(one.name, await probeBroken(gateway, one, argsFor(one)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}
