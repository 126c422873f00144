import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import type { ChildPlan } from '../supervise/supervised-child.ts';
import type { Unasked } from './doctor-facts.ts';

/** A database of some gigabytes is read once. */
const ANSWER_MS = 120_000;

/** Runs a process with `--check` and gives what it printed, or why it printed nothing. */
export function askApp<Facts>(
  plan: ChildPlan,
  flags: readonly string[],
  clock: Clock,
): Promise<Facts | Unasked> {
  if (!existsSync(plan.entry)) return Promise.resolve({ unasked: `${plan.entry} is not there` });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, plan.entry, '--check', ...flags], {
      env: { ...plan.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const written = { out: '', err: '' };
    child.stdout.on('data', (data: Buffer) => {
      written.out += data.toString('utf8');
    });
    child.stderr.on('data', (data: Buffer) => {
      written.err += data.toString('utf8');
    });
    const cancel = clock.after(ANSWER_MS, () => {
      child.kill('SIGKILL');
      resolve({ unasked: `it was not done after ${ANSWER_MS / 1_000} s` });
    });
    child.once('error', (error) => {
      cancel();
      resolve({ unasked: error.message });
    });
    child.once('close', (code, signal) => {
      cancel();
      resolve(parsed<Facts>(written.out) ?? { unasked: whyNothing(written.err, code ?? signal) });
    });
  });
}

function parsed<Facts>(text: string): Facts | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'v' in value && value.v === 1
      ? (value as Facts)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The line that says what went wrong, out of what Node writes when a process cannot even begin. */
function whyNothing(text: string, end: number | string | null): string {
  const lines = text.split('\n').map((line) => line.trim());
  const telling =
    lines.find((line) => /^(\w*Error\b|dispatch )/.test(line)) ?? lines.find((line) => line !== '');
  return telling ?? `it ended with ${end} and said nothing`;
}
