import type { Usage } from '@dispatch/wire';
import type { FailureWords, Reply, ReplyStep, WireTreatment } from './reply.ts';

/** Anything that {@link reply} takes: a step, or several. */
export type ReplyPart = ReplyStep | readonly ReplyStep[];

const ENDINGS = new Set<ReplyStep['kind']>([
  'finish',
  'end',
  'reset',
  'stall',
  'endless',
  'endless-raw',
  'giant-line',
  'error-event',
]);

/**
 * An answer from its parts in order. Without an ending of its own it ends like a healthy one: reason `tool-calls` when it
 * calls tools, else `stop`. Without usage a plausible one is told (a token for every four characters).
 */
export function reply(...parts: readonly ReplyPart[]): Reply {
  const steps = parts.flat();
  const reason = steps.some((step) => step.kind === 'tool-call') ? 'tool-calls' : 'stop';
  const open = !steps.some((step) => ENDINGS.has(step.kind));
  return { kind: 'answer', steps: open ? [...steps, finish(reason)] : steps, wire: {} };
}

/** Text, as one delta; with `words`, one delta per word with `everyMs` between them (0 by default). */
export function say(text: string, how: { words?: boolean; everyMs?: number } = {}): readonly ReplyStep[] {
  const deltas = how.words === true ? (text.match(/\s*\S+\s*$|\s*\S+/g) ?? [text]) : [text];
  return spaced(
    deltas.map((delta) => ({ kind: 'text', text: delta })),
    how.everyMs ?? 0,
  );
}

/** Reasoning, as one delta. */
export function think(text: string): ReplyStep {
  return { kind: 'reasoning', text };
}

/** How a scripted call is written. */
export interface CallOptions {
  /** Absent: `call_<name>`. Two calls with the same id are possible. */
  readonly id?: string;
  /** Into how many pieces the arguments are cut. Absent: 3. */
  readonly pieces?: number;
  /** The arguments as the model wrote them, instead of the input: the way to broken JSON. */
  readonly rawArguments?: string;
}

/** One tool call; its arguments stream in pieces. */
export function callTool(name: string, input: unknown = {}, options: CallOptions = {}): ReplyStep {
  const text = options.rawArguments ?? JSON.stringify(input);
  const size = Math.max(1, Math.ceil(text.length / (options.pieces ?? 3)));
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
  return { kind: 'tool-call', id: options.id ?? `call_${name}`, name, pieces };
}

/** Usage as `@dispatch/wire` counts it: `inputTokens` includes what was read from and written to the cache. */
export function usage(counts: Partial<Usage>): ReplyStep {
  return { kind: 'usage', usage: counts };
}

/** Usage in the format's own fields, also impossible ones; without an argument no usage at all. */
export function rawUsage(fields?: unknown): ReplyStep {
  return { kind: 'raw-usage', usage: fields };
}

/** The ending: `stop`, `length`, `tool-calls`, `content-filter`, or a reason in the format's own words. */
export function finish(reason = 'stop'): ReplyStep {
  return { kind: 'finish', reason };
}

/** A pause of so many milliseconds. */
export function wait(ms: number): ReplyStep {
  return { kind: 'wait', ms };
}

/** What a failed request is answered with. */
export interface FailOptions extends FailureWords {
  /** Seconds or an HTTP date, for the header `Retry-After`. */
  readonly retryAfter?: number | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Goes out as it is, instead of an error in the format's shape. */
  readonly body?: string;
}

/** An HTTP failure. */
export function fail(status: number, options: FailOptions = {}): Reply {
  const { retryAfter, headers, body, ...words } = options;
  return {
    kind: 'failure',
    status,
    words,
    headers: { ...headers, ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }) },
    ...(body === undefined ? {} : { body }),
  };
}

/** The same reply, treated differently on the wire. Only answers have bytes to treat. */
export function onTheWire(answer: Reply, treatment: WireTreatment): Reply {
  if (answer.kind !== 'answer') throw new Error('Only an answer streams.');
  return { ...answer, wire: { ...answer.wire, ...treatment } };
}

function spaced(steps: readonly ReplyStep[], everyMs: number): readonly ReplyStep[] {
  return everyMs === 0 ? steps : steps.flatMap((step) => [wait(everyMs), step]);
}
