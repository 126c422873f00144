import type { ModelFormat } from '@dispatch/testkit';

/** An answer that once went wrong, or easily could, and how it has to end. */
export interface Found {
  readonly what: string;
  readonly format: ModelFormat;
  readonly body: string;
  /** Text that must not be lost. */
  readonly text: string;
  readonly ends: 'finish' | 'error' | 'rejected';
  /** Class of the failure. Absent: there is none. */
  readonly code?: string;
}

const said = 'data: {"choices":[{"delta":{"content":"a"},"finish_reason":null}]}\n\n';
const finished = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n';
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const start =
  'data: {"type":"message_start","message":{"id":"i","model":"m","usage":{"input_tokens":1}}}\n\n';
const stop =
  'data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}\n\ndata: {"type":"message_stop"}\n\n';
const call = (name: string) =>
  `data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"c","name":"${name}","input":{}}}\n\ndata: {"type":"content_block_stop","index":0}\n\n`;
const stack = 'at Object.<anonymous> (/srv/app/x.js:1:2)';

const openai: readonly Omit<Found, 'format'>[] = [
  { what: 'no [DONE]', body: said + finished, text: 'a', ends: 'finish' },
  { what: 'no line end', body: said + finished.trimEnd(), text: 'a', ends: 'finish' },
  { what: 'a cut behind the finish reason', body: `${said}${finished}data: {"us`, text: 'a', ends: 'finish' },
  {
    what: 'a cut within the finish reason',
    body: (said + finished).slice(0, -4),
    text: 'a',
    ends: 'error',
    code: 'response-truncated',
  },
  {
    what: 'usage nested without bottom, behind text of the same piece',
    body: `${said}data: {"choices":[],"usage":${nested(20_000)}}\n\n${finished}`,
    text: 'a',
    ends: 'error',
    code: 'response-malformed',
  },
  {
    what: 'a call with an absurd index',
    body: `data: {"choices":[{"delta":{"tool_calls":[{"index":4294967294,"id":"c","function":{"name":"a","arguments":"{}"}}]}}]}\n\n${finished}`,
    text: '',
    ends: 'finish',
  },
  {
    what: 'an in-band rejection',
    body: `${said}data: {"error":{"type":"invalid_request_error","message":"x"}}\n\n`,
    text: 'a',
    ends: 'error',
    code: 'request-rejected',
  },
];

const anthropic: readonly Omit<Found, 'format'>[] = [
  { what: 'a call of toString', body: start + call('toString') + stop, text: '', ends: 'finish' },
  { what: 'a call of __proto__', body: start + call('__proto__') + stop, text: '', ends: 'finish' },
  {
    what: 'a number first',
    body: `data: 7\n\n${start}${stop}`,
    text: '',
    ends: 'rejected',
    code: 'response-malformed',
  },
  {
    what: 'a stack in an error first',
    body: `data: {"type":"error","error":{"type":"api_error","message":"${stack}"}}\n\n`,
    text: '',
    ends: 'rejected',
    code: 'provider-unavailable',
  },
  {
    what: 'a stack in an error later',
    body: `${start}data: {"type":"error","error":{"type":"api_error","message":"${stack}"}}\n\n`,
    text: '',
    ends: 'error',
    code: 'provider-unavailable',
  },
  { what: 'a mark and CR', body: `\ufeff${(start + stop).replaceAll('\n', '\r')}`, text: '', ends: 'finish' },
];

export const corpus: readonly Found[] = [
  ...openai.map((found) => ({ ...found, format: 'openai' as const })),
  ...anthropic.map((found) => ({ ...found, format: 'anthropic' as const })),
];
