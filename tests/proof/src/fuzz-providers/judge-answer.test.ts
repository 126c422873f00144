import { describe, expect, it } from 'vitest';
import type { Answered, Part } from './ask-model.ts';
import { brokenPromises, essence, type Input } from './judge-answer.ts';

const none = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
const usage = { inputTokens: none, outputTokens: { total: 2, text: undefined, reasoning: undefined } };
const text: Part = { type: 'text-delta', id: '0', delta: 'a' };
const call: Part = { type: 'tool-call', toolCallId: 'c', toolName: 't', input: '{}' };
const finish: Part = { type: 'finish', usage, finishReason: { unified: 'stop', raw: 'stop' } };
const error: Part = { type: 'error', error: 'x' };
const failure = { code: 'response-truncated', message: 'It broke off.', retryable: true } as const;

const input: Input = {
  format: 'openai',
  bytes: Buffer.from('data: a\n\ndata: [DONE]\n\n'),
  aborted: undefined,
};
const ended = (parts: readonly Part[], changes: Partial<Answered> = {}): Answered => ({
  parts,
  end: 'closed',
  reason: undefined,
  failure: undefined,
  unspeakable: false,
  ...changes,
});
const reason = new Error('stopped');

describe('the judge of an answer', () => {
  it.each<[string, Answered, Partial<Input>?]>([
    ['a finish', ended([text, call, finish])],
    ['an error', ended([text, error], { failure })],
    ['a rejected request', ended([], { end: 'rejected', reason: 1, failure })],
    ['an abort', ended([text], { end: 'rejected', reason }), { aborted: reason }],
  ])('accepts %s', (_, answered, changes) => {
    expect(brokenPromises({ ...input, ...changes }, answered)).toEqual([]);
  });

  it.each<[string, Answered, Partial<Input>?]>([
    ['nothing at the end', ended([text])],
    ['two ends', ended([error, finish], { failure })],
    ['words behind the end', ended([finish, text])],
    ['no end', ended([text], { end: 'hung' })],
    ['a reading that is rejected', ended([text], { end: 'rejected', reason: 1, failure })],
    [
      'an abort with another reason',
      ended([text], { end: 'rejected', reason: 1, failure }),
      { aborted: reason },
    ],
    ['a finish that nothing allows', ended([text, finish]), { bytes: Buffer.from('data: aaaaa\n\n') }],
    ['a failure without a class', ended([error])],
    ['a failure nobody can name', ended([error], { unspeakable: true })],
    ['a path', ended([error], { failure: { ...failure, message: 'It broke at http://x.' } })],
    ['no sentence', ended([error], { failure: { ...failure, message: '' } })],
    ['more text than came', ended([{ ...text, delta: 'a'.repeat(99) }, finish])],
    ['far too many parts', ended([...Array.from({ length: 99 }, () => call), finish])],
    ['a name that is none', ended([{ ...call, toolName: (() => '') as unknown as string }, finish])],
    [
      'a count that cannot be',
      ended([{ ...finish, usage: { ...usage, inputTokens: { ...none, total: -1 } } }]),
    ],
  ])('catches %s', (_, answered, changes) => {
    expect(brokenPromises({ ...input, ...changes }, answered)).not.toEqual([]);
  });

  it('takes answers for the same that differ in made-up ids only', () => {
    const other = ended([{ ...call, toolCallId: 'd' }, finish]);
    expect(essence(ended([call, finish]))).toBe(essence(other));
    expect(essence(ended([call, { ...call, toolCallId: 'd' }]))).not.toBe(essence(ended([call, call])));
    expect(essence(ended([text, finish]))).not.toBe(essence(other));
  });
});
