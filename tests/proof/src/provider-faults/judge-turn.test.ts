import { reply, say } from '@dispatch/testkit';
import { describe, expect, it } from 'vitest';
import type { FaultCase } from './fault-case.ts';
import { brokenPromises, type TurnSeen } from './judge-turn.ts';
import type { WatchedEvent } from './line.ts';

const of = { conversationId: 'c', turnId: 't' };
const numbered = (events: readonly { readonly type: string; readonly [field: string]: unknown }[]) =>
  events.map((event, n): WatchedEvent => ({ ...of, ...event, n }));
const call = { type: 'tool-call', stepId: 't#0', toolCallId: 'x', toolName: 'y', input: {} };
const result = {
  type: 'tool-result',
  stepId: 't#0',
  toolCallId: 'x',
  toolName: 'y',
  content: '',
  isError: false,
};
const error = { type: 'error', message: 'It broke off.', code: 'response-truncated', retryable: true };
const whole = [
  { type: 'user-message', text: 'Hello.' },
  { type: 'turn-start', model: 'm' },
  { type: 'text-delta', delta: 'Half' },
  call,
  result,
  error,
  { type: 'done', reason: 'error' },
  { type: 'turn-sealed' },
];
const user = (text: string) => ({ role: 'user', content: text });
const fine = numbered([
  { type: 'text-delta', delta: 'Fine.' },
  { type: 'done', reason: 'stop' },
]);

const fault: FaultCase = {
  name: 'cut',
  format: 'openai',
  replies: [reply(say('Half'))],
  expected: { reason: 'error', code: 'response-truncated', text: 'Half', calls: 1 },
};
const good: TurnSeen = {
  live: numbered(whole),
  late: numbered(whole),
  stored: [
    { role: 'user', chunk: { type: 'text', text: 'Hello.' } },
    { role: 'assistant', chunk: { type: 'text', text: 'Half' } },
    { role: 'assistant', chunk: { type: 'tool-call', toolCallId: 'x' } },
    { role: 'tool', chunk: { type: 'tool-result', toolCallId: 'x' } },
    { role: 'assistant', chunk: { type: 'error' } },
  ],
  prompts: [{ messages: [user('Hello.')] }],
  usage: { inputTokens: 0 },
  next: {
    live: fine,
    format: 'openai',
    prompt: { messages: [user('Hello.'), { role: 'assistant', content: 'Half' }, user('And now?')] },
  },
};
const told = (events: readonly { readonly type: string; readonly [field: string]: unknown }[]) => ({
  ...good,
  live: numbered(events),
  late: numbered(events),
});
const without = (type: string) => whole.filter((event) => event.type !== type);
const keeping = (type: string) => good.stored.filter(({ chunk }) => chunk.type === type);

describe('the judge of a turn', () => {
  it('is silent when everything holds', () => {
    expect(brokenPromises(fault, good)).toEqual([]);
  });

  it.each<[string, string, TurnSeen, Partial<FaultCase['expected']>?]>([
    ['T1', 'no end', told(without('turn-sealed'))],
    ['T1', 'two ends', told([...whole, ...whole.slice(-2)])],
    ['T1', 'an event the contract does not have', told([{ type: 'text-delta' }, ...whole])],
    ['T1', 'a late watcher who misses something', { ...good, late: good.live.slice(1) }],
    ['T1', 'a gap', { ...good, live: good.live.slice(1), late: good.live.slice(1) }],
    ['T1', 'no metrics', { ...good, usage: undefined }],
    ['T10', 'a call without a result', told(without('tool-result'))],
    [
      'T10',
      'a result that is not kept',
      { ...good, stored: good.stored.filter((row) => row.role !== 'tool') },
    ],
    [
      'T10',
      'a prompt without the result of a call',
      { ...good, prompts: [{ messages: [{ role: 'tool' }] }] },
    ],
    ['T11', 'two errors', told([...whole.slice(0, 5), error, error, ...whole.slice(6)])],
    [
      'T11',
      'a wait that was not asked for',
      told([{ type: 'status', status: 'retrying', delayMs: 9 }, ...whole]),
      { delays: [] },
    ],
    ['T12', 'an error of another class', good, { code: 'overloaded' }],
    ['T12', 'another reason', good, { reason: 'stop' }],
    [
      'T12',
      'an error that tells of the inside',
      told(whole.map((event) => (event === error ? { ...error, message: 'At x.js:1 it broke.' } : event))),
    ],
    ['T12', 'text that is not kept', { ...good, stored: keeping('error') }],
    ['T12', 'an error that is not kept', { ...good, stored: good.stored.slice(0, -1) }],
    ['T12', 'negative usage', { ...good, usage: { inputTokens: -1 } }],
    [
      'T12',
      'a next message without an answer',
      { ...good, next: { live: [], format: 'openai', prompt: {} } },
    ],
    [
      'T12',
      'a next prompt without the text',
      { ...good, next: { live: fine, format: 'openai', prompt: { messages: [user('Hello.')] } } },
    ],
    ['T13', 'text shown twice', told([...whole.slice(0, 3), ...whole.slice(2)])],
    ['T13', 'a request too many', { ...good, prompts: [...good.prompts, ...good.prompts] }],
    ['T13', 'more text than was sent', good, { textWithin: 'Ha' }],
    ['T14', 'too many calls', good, { calls: 0 }],
  ])('catches as %s: %s', (id, _, seen, expected = {}) => {
    const broken = brokenPromises({ ...fault, expected: { ...fault.expected, ...expected } }, seen);
    expect(broken.filter((line) => line.startsWith(`${id}:`))).not.toEqual([]);
  });
});
