import { allChecks } from '../doctor/all-checks.ts';
import type { Finding } from '../doctor/finding.ts';
import { gatherFacts } from '../doctor/gather-facts.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import type { ChildPlan } from '../supervise/supervised-child.ts';
import { printable } from '../wording.ts';
import type { UpContext, UpOptions } from './up.ts';

export interface DoctorOptions extends Omit<UpOptions, 'verbose'> {
  /** Ask no model provider. */
  readonly offline?: boolean;
}

/** `dispatch doctor`: what is in order here, what is not, and what to type then. */
export async function doctor(
  { out, clock }: Pick<UpContext, 'out' | 'clock'>,
  options: DoctorOptions,
  plans: readonly ChildPlan[],
): Promise<number> {
  const facts = await gatherFacts({ plans, offline: options.offline === true, clock });
  const findings = allChecks(facts);
  const count = (state: Finding['state']): number => findings.filter((one) => one.state === state).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const isFine = problems + warnings === 0;
  if (out.json) out.record({ status: isFine ? 'ok' : 'findings', problems, warnings, checks: findings });
  else printFindings(out, findings, problems, warnings);
  return isFine ? EXIT.success : EXIT.findings;
}

function printFindings(out: Output, findings: readonly Finding[], problems: number, warnings: number): void {
  const { style } = out;
  const marks = { ok: style.green('✓'), warning: style.yellow('!'), problem: style.red('✗') };
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, state, evidence, next } of findings) {
    out.line(`${marks[state]} ${style.bold(name.padEnd(width))}  ${printable(evidence)}`);
    if (next !== undefined) out.line(`  ${''.padEnd(width)}  ${style.cyan(`→ ${next}`)}`);
  }
  out.line('');
  const counted = (number: number, word: string): string[] =>
    number === 0 ? [] : [`${number} ${word}${number === 1 ? '' : 's'}`];
  const told = [...counted(problems, 'problem'), ...counted(warnings, 'warning')];
  out.line(told.length === 0 ? 'Everything is in order.' : `${told.join(', ')}.`);
}
