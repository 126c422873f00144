import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { allExperiments } from '../probe/all-experiments.ts';
import { choosePromises } from '../probe/choose-promises.ts';
import type { Verdict } from '../probe/experiment.ts';
import { chooseModels, findGateway } from '../probe/find-gateway.ts';
import { type ProbeModels, ProbeSession } from '../probe/probe-session.ts';
import { runProbe } from '../probe/run-probe.ts';
import { allWarmingExperiments } from '../probe/warming/all-warming-experiments.ts';
import { printable } from '../wording.ts';

export interface ProbeOptions {
  /** Used for every turn. Absent: the demo models. */
  readonly model?: string;
  /** Ids, or beginnings of ids. Absent: all. */
  readonly only?: readonly string[];
  /** Leave the conversations open. With `warming` they are closed all the same: one that is kept warm costs money. */
  readonly keep?: boolean;
  /** Try the warming of conversations instead of everything else. */
  readonly warming?: boolean;
  /** Print the promises, and try nothing. */
  readonly list?: boolean;
  /** Seconds of silence after which something that must come counts as missing. */
  readonly patience: number;
}

/** Longest wait for the first sign that there is a gateway at all, in milliseconds. */
const FIRST_ANSWER_MS = 10_000;

/** `dispatch probe [url]`: whether a running gateway keeps its promises, seen from a client. */
export async function probe(
  context: CommandContext,
  address: string | undefined,
  options: ProbeOptions,
): Promise<number> {
  const { out, clock, terminal } = context;
  const all = options.warming === true ? allWarmingExperiments : allExperiments;
  const promises = all.flatMap((experiment) => experiment.promises);
  const isWanted = choosePromises(
    options.only ?? [],
    promises.map(({ id }) => id),
  );
  if (options.list === true) {
    for (const { id, says } of promises.filter((one) => isWanted(one.id))) {
      if (out.json) out.record({ type: 'promise', id, promise: says });
      else out.line(`${id.padEnd(ID_WIDTH)}  ${says}`);
    }
    return EXIT.success;
  }
  const url = (address ?? context.url).replace(/\/+$/, '');
  const patienceMs = options.patience * 1_000;
  const headers = context.token === undefined ? {} : { authorization: `Bearer ${context.token}` };
  const gateway = await findGateway(url, Math.min(patienceMs, FIRST_ANSWER_MS), clock, headers);
  const experiments = all.filter((one) => one.promises.some(({ id }) => isWanted(id)));
  const models = experiments.some(({ needsModel }) => needsModel)
    ? chooseModels(gateway, options.model)
    : undefined;
  out.note(out.noteStyle.dim(`Probing ${url}${models === undefined ? '' : ` with ${modelText(models)}`}`));

  const session = new ProbeSession({ url, clock, patienceMs, headers, models });
  let isStopped = false;
  let unhook: readonly (() => void)[] = [];
  const interrupted = new Promise<void>((resolve) => {
    const stop = (): void => {
      isStopped = true;
      resolve();
    };
    unhook = (['SIGINT', 'SIGTERM'] as const).map((signal) => terminal.onSignal(signal, stop));
  });
  const verdicts: Verdict[] = [];
  const onVerdict = (verdict: Verdict): void => {
    if (isStopped) return;
    verdicts.push(verdict);
    printVerdict(out, verdict);
  };
  const running = runProbe({ session, experiments, isWanted, onVerdict, isStopped: () => isStopped });
  await Promise.race([running, interrupted]);
  // A second signal ends the process as it would any other: what is left to do is worth little.
  for (const off of unhook) off();
  const left = await session.tidy(options.keep === true && options.warming !== true);
  if (left > 0) out.note(`${left} conversations of the probe could not be closed.`);
  return finish(out, verdicts, { url, models, isStopped });
}

/** Room for the longest id. */
const ID_WIDTH = 18;

const modelText = ({ quick, slow, tools }: ProbeModels): string =>
  [...new Set([quick, slow, tools])].join(', ');

function printVerdict(out: Output, { id, says, outcome, because }: Verdict): void {
  if (out.json) {
    const shown = outcome === 'fail' ? { evidence: because } : { reason: because };
    out.record({ type: 'promise', id, promise: says, outcome, ...(because === undefined ? {} : shown) });
    return;
  }
  const { style } = out;
  const head = (mark: string): string => `${mark} ${id.padEnd(ID_WIDTH)}  ${says}`;
  const why = printable(because ?? '');
  const below = (text: string): void => out.line(`  ${''.padEnd(ID_WIDTH)}  ${text}`);
  if (outcome === 'pass') out.line(head(style.green('✓')));
  else if (outcome === 'fail') {
    out.line(head(style.red('✗')));
    below(style.red(`seen: ${why}`));
  } else {
    out.line(style.dim(head('–')));
    below(style.dim(`not applicable: ${why}`));
  }
}

function finish(
  out: Output,
  verdicts: readonly Verdict[],
  { url, models, isStopped }: { url: string; models: ProbeModels | undefined; isStopped: boolean },
): number {
  const count = (outcome: Verdict['outcome']): number =>
    verdicts.filter((one) => one.outcome === outcome).length;
  const [passed, failed, notApplicable] = [count('pass'), count('fail'), count('not-applicable')];
  const status = isStopped ? 'interrupted' : failed > 0 ? 'findings' : 'ok';
  if (out.json)
    out.record({ type: 'end', status, passed, failed, notApplicable, url, models: models ?? null });
  else {
    out.line('');
    out.line(`${passed} kept, ${failed} broken, ${notApplicable} not applicable.`);
  }
  if (isStopped) return EXIT.interrupted;
  return failed > 0 ? EXIT.findings : EXIT.success;
}
