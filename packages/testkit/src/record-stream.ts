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
  const bytes = new Uint8Array(Buffer.concat(parts));
  const at = Buffer.from(bytes).indexOf(TERMINAL[format]);
  return at === -1 ? { bytes } : { bytes, terminalAt: at + TERMINAL[format].length };
}
