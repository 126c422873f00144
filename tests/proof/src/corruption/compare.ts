import { isDeepStrictEqual } from 'node:util';
import type { Answer } from '@dispatch/tests-processes';
import { compareLog, compareReplay, type IsLoose } from './compare-log.ts';
import type { Findings } from './findings.ts';
import type { ConversationReading, Reading } from './reading.ts';

/** What became of what was readable before. */
export interface Comparison {
  /** Broken promises, each beginning with its id. */
  readonly violations: readonly string[];
  /** What is damaged and was told. */
  readonly reported: readonly string[];
  /** What differs and was not told, outside of the log, the replays and the metrics. */
  readonly silent: readonly string[];
  /** Conversations whose log was told to be damaged: they take no more messages. */
  readonly damagedLogs: ReadonlySet<string>;
  /** Conversations of which anything is not what it was. */
  readonly touched: ReadonlySet<string>;
}

export interface Comparing {
  /** Turns that recovery seals anew in each start. */
  readonly interrupted: ReadonlySet<string>;
  /** What is read may be what it was earlier, and the turn that ran then is sealed as far as it had come. */
  readonly isOlder: boolean;
}

/** Compares everything that is read now with everything that was read before the damage. */
export function compare(before: Reading, now: Reading, { interrupted, isOlder }: Comparing): Comparison {
  const violations: string[] = [];
  const reported: string[] = [];
  const silent: string[] = [];
  const damagedLogs = new Set<string>();
  const touched = new Set<string>();
  const found: Findings = {
    violation: (text) => void violations.push(text),
    reported: (text) => void reported.push(text),
    silent: (text) => void silent.push(text),
  };
  const how = { isLoose: (turnId: string) => interrupted.has(turnId) || isOlder, isOlder };

  if (isGiven('the list', now.list, found)) compareList(before.list, now.list, found);
  for (const [id, was] of Object.entries(before.conversations)) {
    const is = now.conversations[id] as ConversationReading;
    const noted = () => violations.length + reported.length + silent.length;
    const known = noted();
    if (isGiven(`${id} history`, is.history, found)) {
      if (is.history.body.damaged !== undefined) {
        damagedLogs.add(id);
        found.reported(`${id} history: damaged`);
      }
      compareLog(id, was.history, is.history, how, found);
    } else damagedLogs.add(id);
    if (isGiven(`${id} metrics`, is.metrics, found)) compareMetrics(id, was.metrics, is.metrics, how, found);
    for (const name of ['status', 'model'] as const) {
      const same = isDeepStrictEqual(was[name].body, is[name].body);
      if (isGiven(`${id} ${name}`, is[name], found) && !same) found.silent(`${id} ${name}`);
    }
    for (const told of is.replay.told) found.reported(`${id} replay: ${told}`);
    compareReplay(id, was.replay, is.replay, how, found);
    if (noted() > known) touched.add(id);
  }
  return { violations, reported, silent, damagedLogs, touched };
}

/** An error in the contract's shape tells of damage; any other answer that is not 200 breaks it. */
function isGiven(what: string, answer: Answer, found: Findings): boolean {
  if (answer.status === 200) return true;
  const { status, body } = answer;
  if (isError(answer)) found.reported(`${what}: ${status} ${body.code}`);
  else found.violation(`D9: ${what} answered ${status} ${JSON.stringify(body)}`);
  return false;
}

function compareList(was: Answer, is: Answer, found: Findings): void {
  const byId = (answer: Answer) =>
    new Map(answer.body.conversations.map((one: { id: string }) => [one.id, { ...one, lastActivityAt: 0 }]));
  const now = byId(is);
  for (const [id, summary] of byId(was)) {
    if (!isDeepStrictEqual(now.get(id), summary)) found.silent(`${String(id)} in the list`);
  }
}

function compareMetrics(
  id: string,
  was: Answer,
  is: Answer,
  { isLoose }: { readonly isLoose: IsLoose },
  found: Findings,
): void {
  const isTold = is.body.damaged !== undefined;
  if (isTold) found.reported(`${id} metrics: damaged`);
  const now: readonly { readonly turnId: string }[] = is.body.turns;
  const before: readonly { readonly turnId: string }[] = was.body.turns;
  for (const metrics of now.filter(({ turnId }) => !isLoose(turnId))) {
    const same = before.find(({ turnId }) => turnId === metrics.turnId);
    if (!isDeepStrictEqual(same, metrics))
      found.violation(`D9: ${id} has other metrics of ${metrics.turnId}`);
  }
  const given = new Set(now.map(({ turnId }) => turnId));
  if (!isTold && before.some(({ turnId }) => !given.has(turnId) && !isLoose(turnId))) {
    found.violation(`D9: ${id} silently lacks metrics`);
  }
}

/** Whether an answer is one of the contract's errors. */
export function isError({ status, body }: Answer): boolean {
  return (
    status >= 400 &&
    typeof body?.error === 'string' &&
    typeof body.code === 'string' &&
    typeof body.retryable === 'boolean' &&
    typeof body.requestId === 'string'
  );
}
