import { fileURLToPath } from 'node:url';
import type { Clock } from '../clock.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { formatLogLine } from '../supervise/log-line.ts';
import type { ChildEnd, ChildPlan } from '../supervise/supervised-child.ts';
import { Supervisor } from '../supervise/supervisor.ts';
import { welcome, welcomeText } from '../supervise/welcome.ts';
import type { Terminal } from '../terminal.ts';

export interface UpOptions {
  readonly dataDir?: string;
  readonly host?: string;
  readonly httpPort?: string;
  readonly wsPort?: string;
  readonly defaultModel?: string;
  /** Show what the processes log below warnings, too. */
  readonly verbose?: boolean;
}

export interface UpContext {
  readonly out: Output;
  readonly terminal: Terminal;
  readonly clock: Clock;
}

/** Settings the processes read from the environment, by our flag. */
const VARIABLES = {
  dataDir: 'DISPATCH_DATA_DIR',
  host: 'DISPATCH_HOST',
  httpPort: 'DISPATCH_HTTP_PORT',
  wsPort: 'DISPATCH_WS_PORT',
  defaultModel: 'DISPATCH_DEFAULT_MODEL',
} as const;

/** The files that run the processes, by name, in the order in which they start. */
export type Entries = readonly (readonly [name: string, file: string])[];

/** Built JavaScript, or the sources where sources are run. */
function ownEntries(): Entries {
  return [
    ['kernel', fileURLToPath(import.meta.resolve('@dispatch/kernel'))],
    ['gateway', fileURLToPath(import.meta.resolve('@dispatch/gateway'))],
  ];
}

/** The processes with their settings. */
export function childPlans(
  options: UpOptions,
  env: Terminal['env'],
  entries: Entries = ownEntries(),
): ChildPlan[] {
  const given = Object.entries(VARIABLES).flatMap(([flag, variable]) => {
    const value = options[flag as keyof typeof VARIABLES];
    return value === undefined ? [] : [[variable, value] as const];
  });
  const childEnv = { ...env, ...Object.fromEntries(given) };
  return entries.map(([name, entry]) => ({ name, entry, args: [], env: childEnv }));
}

/** `dispatch up`: runs the processes until somebody stops them. */
export async function up(
  context: UpContext,
  options: UpOptions,
  plans: readonly ChildPlan[],
): Promise<number> {
  const { out, terminal, clock } = context;
  const { noteStyle } = out;
  const supervisor = new Supervisor(plans, clock, {
    allReady: (messages) => {
      const facts = welcome(messages);
      if (out.json) out.record({ type: 'ready', ...facts });
      else out.text(welcomeText(facts, out));
      process.send?.({ type: 'ready', ...facts });
    },
    line: (child, text) => {
      const shown = formatLogLine(text, child, options.verbose === true, noteStyle);
      if (shown === undefined) return;
      if (out.json) terminal.stderr.write(`${JSON.stringify({ child, line: text })}\n`);
      else out.note(shown);
    },
    restarting: (child, end, delayMs) => {
      const pause = delayMs === 0 ? 'at once' : `in ${(delayMs / 1_000).toFixed(1)} s`;
      out.note(noteStyle.yellow(`The ${child} ended (${endText(end)}); starting it again ${pause}.`));
    },
    recovered: (child) => out.note(noteStyle.green(`The ${child} runs again.`)),
    killed: (children) =>
      out.note(noteStyle.red(`Killed after it did not stop in time: ${children.join(', ')}.`)),
  });

  let signals = 0;
  const onSignal = (): void => {
    signals += 1;
    if (signals === 1) {
      out.note('\nStopping: letting running turns end. Ctrl-C again stops at once.');
      void supervisor.stop();
    } else void supervisor.kill();
  };
  const unhook = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) =>
    terminal.onSignal(signal, onSignal),
  );
  supervisor.start();
  const code = await supervisor.ended;
  for (const off of unhook) off();
  if (out.json) out.record({ type: 'end', status: code === 0 ? 'stopped' : 'failed' });
  return signals > 1 ? EXIT.interrupted : code;
}

function endText({ code, signal }: ChildEnd): string {
  return signal === null ? `exit code ${code}` : signal;
}
