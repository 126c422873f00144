import type { ModelFormat } from '@dispatch/testkit';
import { agentEventSchema } from '@dispatch/wire/schema';
import type { FaultCase } from './fault-case.ts';
import { RETRIES } from './fault-case.ts';
import type { WatchedEvent } from './line.ts';
import { promptFlaws, promptTexts } from './prompt-shape.ts';

export interface StoredRow {
  readonly role: string;
  readonly turnId?: string;
  readonly chunk: { readonly type: string; readonly text?: string; readonly toolCallId?: string };
}

/** Everything that was to be seen of one turn under one fault, and of the turn behind it. */
export interface TurnSeen {
  /** Of somebody who watched from the start. */
  readonly live: readonly WatchedEvent[];
  /** Of somebody who came later. */
  readonly late: readonly WatchedEvent[];
  /** The turn's part of the stored log. */
  readonly stored: readonly StoredRow[];
  /** Bodies of the requests the model got for this turn. */
  readonly prompts: readonly unknown[];
  readonly usage: Readonly<Record<string, unknown>> | undefined;
  /** The next message of the conversation, and what a model was sent for it. Undefined: none was sent. */
  readonly next:
    | { readonly live: readonly WatchedEvent[]; readonly format: ModelFormat; readonly prompt: unknown }
    | undefined;
}

/** Words that come from inside: stacks, paths, keys, addresses. */
const INTERNAL =
  /must-not-leak|node_modules|\/(?:tmp|work|home|root)\/|127\.0\.0\.1|\.[cm]?[jt]s:\d+|https?:|TypeError|undefined/;

/** Promises this turn broke, each line beginning with an id; empty when it kept all. Pure. */
export function brokenPromises(fault: FaultCase, seen: TurnSeen): readonly string[] {
  return [
    ...endsOnce(seen.live),
    ...sameForBoth(seen),
    ...oneErrorAtMost(fault, seen),
    ...keptText(fault, seen),
    ...seen.prompts.flatMap((prompt) => promptFlaws(fault.format, prompt)),
    ...asOftenAsAllowed(fault, seen),
    ...callsAnswered(fault, seen),
    ...possibleUsage(seen),
    ...goesOn(seen),
  ];
}

const all = (events: readonly WatchedEvent[], type: string) => events.filter((event) => event.type === type);
const shownText = (events: readonly WatchedEvent[], type: 'text-delta' | 'reasoning-delta' = 'text-delta') =>
  all(events, type)
    .map(({ delta }) => String(delta))
    .join('');

function endsOnce(events: readonly WatchedEvent[]): readonly string[] {
  const [done, sealed] = [all(events, 'done').length, all(events, 'turn-sealed').length];
  const last = events.slice(-2).map(({ type }) => type);
  const strange = events.find(({ n, ...event }) => !agentEventSchema.safeParse(event).success);
  return [
    ...(done === 1 && sealed === 1 && last.join(' ') === 'done turn-sealed'
      ? []
      : [`T1: ${done} done, ${sealed} turn-sealed, at the end ${last.join(', ')}`]),
    ...(strange === undefined ? [] : [`T1: the contract has no ${JSON.stringify(strange).slice(0, 200)}`]),
  ];
}

function sameForBoth({ live, late }: TurnSeen): readonly string[] {
  const gap = live.findIndex(({ n }, index) => n !== index);
  if (gap !== -1) return [`T1: the live watcher's event ${gap} has the index ${live[gap]?.n}`];
  const differs = live.findIndex((event, index) => JSON.stringify(event) !== JSON.stringify(late[index]));
  if (differs === -1 && late.length === live.length) return [];
  return [`T1: the late watcher saw ${late.length} events of ${live.length}, the first other one ${differs}`];
}

function oneErrorAtMost({ expected }: FaultCase, { live, stored }: TurnSeen): readonly string[] {
  const flaws: string[] = [];
  const reason = all(live, 'done')[0]?.['reason'];
  const errors = all(live, 'error');
  const codes = expected.code === undefined ? [] : [expected.code].flat();
  if (reason !== expected.reason) flaws.push(`T12: done says ${reason}, not ${expected.reason}`);
  if (errors.length !== Math.min(codes.length, 1)) {
    flaws.push(`T11: ${errors.length} errors (${errors.map(({ code }) => code).join(', ')})`);
  } else if (errors.length === 1 && !codes.includes(String(errors[0]?.['code']))) {
    flaws.push(`T12: the error is ${errors[0]?.['code']}, not ${codes.join(' or ')}`);
  }
  if (stored.filter(({ chunk }) => chunk.type === 'error').length !== errors.length) {
    flaws.push('T12: the history has other errors than were shown');
  }
  for (const { message } of errors) {
    if (!/^[A-Z].{5,199}$/u.test(String(message)) || INTERNAL.test(String(message))) {
      flaws.push(`T12: an error says "${message}"`);
    }
  }
  return flaws;
}

function keptText({ expected }: FaultCase, { live, stored }: TurnSeen): readonly string[] {
  const shown = shownText(live);
  const kept = (type: string) =>
    stored
      .filter(({ role, chunk }) => role === 'assistant' && chunk.type === type)
      .map(({ chunk }) => chunk.text)
      .join('');
  return [
    ...(expected.text === undefined || expected.text === shown
      ? []
      : [`T13: shown was "${shown.slice(0, 100)}", to be shown "${expected.text.slice(0, 100)}"`]),
    ...(expected.textWithin === undefined || expected.textWithin.startsWith(shown)
      ? []
      : [
          `T13: shown was "${shown.slice(0, 100)}", sent no more than "${expected.textWithin.slice(0, 100)}"`,
        ]),
    ...(kept('text') === shown ? [] : ['T12: what was shown is not what is kept']),
    ...(kept('thinking') === shownText(live, 'reasoning-delta') ? [] : ['T12: reasoning was lost']),
  ];
}

function asOftenAsAllowed({ expected }: FaultCase, { live, prompts }: TurnSeen): readonly string[] {
  const flaws: string[] = [];
  const output = live.some(({ type }) => /delta|tool-call/.test(type));
  const allowed = expected.requests ?? (output ? 1 : RETRIES + 1);
  if (prompts.length !== allowed)
    flaws.push(`T13: the model was asked ${prompts.length} times, not ${allowed}`);
  const delays = all(live, 'status').map(({ delayMs }) => delayMs);
  if (expected.delays !== undefined && delays.join() !== expected.delays.join()) {
    flaws.push(`T11: it waited [${delays.join()}] ms, was to wait [${expected.delays.join()}]`);
  }
  return flaws;
}

function callsAnswered({ expected }: FaultCase, { live, stored }: TurnSeen): readonly string[] {
  const flaws: string[] = [];
  const ids = (type: string) => all(live, type).map(({ toolCallId }) => String(toolCallId));
  const kept = (type: string) =>
    stored.flatMap(({ chunk }) => (chunk.type === type ? [String(chunk.toolCallId)] : []));
  const calls = ids('tool-call');
  if (new Set(calls).size !== calls.length) flaws.push('T10: two calls of a turn have one id');
  if (calls.join() !== kept('tool-call').join()) flaws.push('T10: other calls are kept than were shown');
  for (const results of [ids('tool-result'), kept('tool-result')]) {
    if ([...results].sort().join() !== [...calls].sort().join()) {
      flaws.push(`T10: ${calls.length} calls have ${results.length} results`);
    }
  }
  if (expected.calls !== undefined && calls.length !== expected.calls) {
    flaws.push(`T14: ${calls.length} calls, not ${expected.calls}`);
  }
  return flaws;
}

function possibleUsage({ usage }: TurnSeen): readonly string[] {
  if (usage === undefined) return ['T1: the turn has no metrics'];
  const impossible = Object.entries(usage).filter(([, count]) => !(Number(count) >= 0));
  return impossible.map(([name, count]) => `T12: usage tells ${name} ${count}`);
}

/** The conversation takes the next message, and a model gets a history it accepts. */
function goesOn({ stored, next }: TurnSeen): readonly string[] {
  if (next === undefined) return [];
  const { live, format, prompt } = next;
  const answered = shownText(live) === 'Fine.' && all(live, 'done')[0]?.['reason'] === 'stop';
  if (!answered || prompt === undefined)
    return ['T12: the next message of the conversation was not answered'];
  const texts = promptTexts(prompt);
  const lost = stored.filter(({ chunk: { type, text = '' } }) => {
    return (
      type === 'text' && text.trim() !== '' && !texts.includes(text.replace(/\p{Surrogate}/gu, '\ufffd'))
    );
  });
  return [
    ...promptFlaws(format, prompt),
    ...(lost.length === 0 ? [] : ['T12: the next prompt lacks a text']),
  ];
}
