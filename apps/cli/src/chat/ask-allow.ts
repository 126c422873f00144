import type { Approval, ApprovalScope } from '@dispatch/collab-contract';
import type { Clock } from '../clock.ts';
import type { Questions } from './line-prompt.ts';

/** What a person decided. */
export interface Decision {
  readonly decision: 'allow' | 'deny';
  readonly scope?: ApprovalScope;
}

/** A line that comes sooner than anybody reads a question, in milliseconds, was typed for something else. */
const READING_MS = 300;

const ONCE: Decision = { decision: 'allow', scope: 'once' };
const ALWAYS: Decision = { decision: 'allow', scope: 'conversation' };
const NO: Decision = { decision: 'deny' };
const ANSWERS = new Map([
  ['y', ONCE],
  ['yes', ONCE],
  ['a', ALWAYS],
  ['always', ALWAYS],
  ['n', NO],
  ['no', NO],
]);

/** Asks until there is a clear answer. Undefined: the question was taken back, or the person left it. */
export async function askAllow(
  questions: Questions,
  { pattern }: Approval,
  clock: Clock,
  signal: AbortSignal,
): Promise<Decision | undefined> {
  const always = pattern === null ? '' : ' · [a] always in this conversation';
  const since = clock.mono();
  while (true) {
    const line = await questions.question(`Allow? [y] once${always} · [n] no `, signal);
    if (line === undefined) return undefined;
    if (clock.mono() - since < READING_MS) continue;
    const decision = ANSWERS.get(line.trim().toLowerCase());
    if (decision && !(decision === ALWAYS && pattern === null)) return decision;
  }
}
