import type { ModelFormat, Reply } from './reply.ts';
import { streamActions } from './stream-actions.ts';

/** The bytes of an answer, for tests that cut them wherever they like. */
export interface RecordedStream {
  /** The body of the response, whole. */
  readonly bytes: Uint8Array;
  /**
   * How many bytes hold the terminal event without its line end: with fewer the answer is not complete, with as many it is.
   * Absent when the answer has no terminal event.
   */
  readonly terminalAt?: number;
  /**
   * How many bytes hold the event with the finish reason without its line end, where the format lets a response that ends by itself behind
   * that event pass for whole; elsewhere the same as `terminalAt`. Absent when the answer has no such event.
   */
  readonly endableAt?: number;
  /** The text of the events that are whole within the first so many bytes: what must not be lost when the rest is. */
  textWithin(length: number): string;
}

const TERMINAL: Readonly<Record<ModelFormat, string>> = {
  anthropic: 'data: {"type":"message_stop"}',
  openai: 'data: [DONE]',
};

/**
 * The bytes that `answer` puts on the wire for a request to `model` that asks for usage. Pauses take no time. The server sends the very
 * same when the answer scripts its usage; otherwise its usage follows the request.
 */
export function recordStream(format: ModelFormat, answer: Reply, model = 'scripted'): RecordedStream {
  if (answer.kind !== 'answer') throw new Error('Only an answer streams.');
  const context = { format, model, promptLength: 40, includeUsage: true };
  const parts: Uint8Array[] = [];
  for (const action of streamActions(answer, context)) {
    if (action.do === 'repeat' || action.do === 'flood') throw new Error('An endless answer has no record.');
    if (action.do === 'send') parts.push(action.bytes);
  }
  const bytes = Buffer.concat(parts);
  const at = bytes.indexOf(TERMINAL[format]);
  const terminalAt = at === -1 ? undefined : at + TERMINAL[format].length;
  const events = eventsIn(bytes);
  const endableAt =
    format === 'anthropic'
      ? terminalAt
      : events.find(({ data }) => typeof choiceOf(data)?.finish_reason === 'string')?.dataEnd;
  return {
    bytes: new Uint8Array(bytes),
    ...(terminalAt === undefined ? {} : { terminalAt }),
    ...(endableAt === undefined ? {} : { endableAt }),
    textWithin: (length) =>
      events
        .filter(({ end }) => end <= length)
        .map(({ data }) => data.delta?.text ?? choiceOf(data)?.delta?.content ?? '')
        .join(''),
  };
}

/** The fields of an event, in either format, that tell its text and whether it ends the answer. */
interface EventData {
  readonly delta?: { readonly text?: string };
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string };
    readonly finish_reason?: string | null;
  }[];
}

function choiceOf(data: EventData) {
  return data.choices?.[0];
}

/** Every event whose data is a JSON object, where that data ends and where the event does. */
function eventsIn(bytes: Buffer) {
  const events: { readonly data: EventData; readonly dataEnd: number; readonly end: number }[] = [];
  for (let from = 0; from < bytes.length; ) {
    const blank = bytes.indexOf('\n\n', from);
    if (blank === -1) break;
    const data = jsonIn(bytes.toString('utf8', from, blank));
    if (data !== undefined) events.push({ data, dataEnd: blank, end: blank + 2 });
    from = blank + 2;
  }
  return events;
}

function jsonIn(event: string): EventData | undefined {
  try {
    const data: unknown = JSON.parse(/(?:^|\n)data: (.*)$/.exec(event)?.[1] ?? '');
    return typeof data === 'object' && data !== null ? data : undefined;
  } catch {
    return undefined;
  }
}
