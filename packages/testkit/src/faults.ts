import type { FailureWords, Reply, ReplyStep } from './reply.ts';

const encoder = new TextEncoder();

/** An error event behind HTTP 200; `status` is what it stands for (529: overloaded). The stream ends behind it. */
export function failInBand(status: number, words: FailureWords = {}): ReplyStep {
  return { kind: 'error-event', status, words };
}

/** The response ends here as if it were whole, without the format's terminal event. */
export function endHere(): ReplyStep {
  return { kind: 'end' };
}

/** The connection breaks here. */
export function resetHere(): ReplyStep {
  return { kind: 'reset' };
}

/** Nothing more comes, the connection stays open. */
export function stallHere(): ReplyStep {
  return { kind: 'stall' };
}

/** An event whose data is no JSON. */
export function malformedEvent(data = '{"type":"content_block_delta","index":'): ReplyStep {
  return raw(`data: ${data}\n\n`);
}

/** Bytes as they are. */
export function raw(bytes: string | Uint8Array): ReplyStep {
  return { kind: 'raw', bytes: typeof bytes === 'string' ? encoder.encode(bytes) : bytes };
}

/** A comment line, as gateways send to keep a connection alive. */
export function comment(text = 'still here'): ReplyStep {
  return { kind: 'comment', text };
}

/** One line of so many bytes that never ends. */
export function giantLine(bytes: number): ReplyStep {
  return { kind: 'giant-line', bytes };
}

/** The same text for ever, every `everyMs` milliseconds (0: as fast as it is read). */
export function endless(text: string, everyMs = 0): ReplyStep {
  return { kind: 'endless', text, everyMs };
}

/** The same bytes for ever, every `everyMs` milliseconds (0: as fast as they are read). */
export function endlessRaw(bytes: string | Uint8Array, everyMs = 0): ReplyStep {
  return { kind: 'endless-raw', bytes: typeof bytes === 'string' ? encoder.encode(bytes) : bytes, everyMs };
}

/** The connection breaks before any answer. */
export function refuse(): Reply {
  return { kind: 'refuse' };
}

/** No answer ever; the connection stays open. */
export function silence(): Reply {
  return { kind: 'silence' };
}
