import type { Frame } from '@dispatch/tests-processes';
import { describe, expect, it } from 'vitest';
import type { ApplicationFrame } from './application-frames.ts';
import { faultsOfAnswers } from './check-answers.ts';
import { expectedOf, isWithinLimits } from './expected-answer.ts';

const sent = (text: string): ApplicationFrame => ({ text, kind: 'k', expected: expectedOf(text) });
const refusal = (code: string, more: object = {}): Frame => ({
  type: 'error',
  message: 'No.',
  code,
  retryable: false,
  requestId: `req_${'a'.repeat(26)}`,
  ...more,
});
const ack = (id: string): Frame => ({ type: 'ack', id });
const pong: Frame = { type: 'pong', t: 1 };

describe('the answers to messages', () => {
  it('are right when each has its own', () => {
    const messages = ['{"type":"ping","id":"a"}', '{"type":"x","id":"b"}', 'nonsense', '{"type":"ping"}'];
    const answers = [ack('a'), pong, refusal('unknown-frame', { id: 'b' }), refusal('invalid-json'), pong];
    expect(faultsOfAnswers(messages.map(sent), answers)).toEqual([]);
  });

  it.each<readonly [string, string, readonly Frame[]]>([
    ['silence', '{"type":"x","id":"b"}', []],
    ['silence to a frame without an id', '{"type":"x"}', []],
    ['a refusal that forgot the id', '{"type":"x","id":"b"}', [refusal('unknown-frame')]],
    ['another code', '{"type":"x","id":"b"}', [refusal('invalid-json', { id: 'b' })]],
    ['another type', '{"type":"chat.x","id":"b"}', [refusal('unknown-frame', { id: 'b' })]],
    ['two answers', '{"type":"ping","id":"a"}', [ack('a'), ack('a'), pong]],
    ['an ack of a wrong frame', '{"type":"x","id":"b"}', [ack('b')]],
    ['an ack without a pong', '{"type":"ping","id":"a"}', [ack('a')]],
    ['a frame of no contract', '{"type":"ping"}', [pong, { type: 'surprise' }]],
    ['words of the inside', '{"type":"x"}', [refusal('unknown-frame', { message: 'TypeError: x' })]],
  ])('%s is seen', (_what, text, answers) => {
    expect(faultsOfAnswers([sent(text)], answers)).not.toEqual([]);
  });
});

describe('what the contract says of a message', () => {
  it.each([
    ['{"type":"ping","id":"q"}', { outcome: 'accepted' }],
    ['{"type":"ping","id":"q","__proto__":1}', { outcome: 'refused', code: 'invalid-json', id: 'q' }],
    ['{"type":"chat.send","id":"q"}', { outcome: 'refused', code: 'invalid-request', isChat: true }],
    ['{"type":"invoke","surfaceId":"s","actionId":"a"}', { outcome: 'refused', code: 'unknown-surface' }],
    ['[]', { outcome: 'refused', code: 'invalid-request' }],
  ])('%s', (text, expected) => expect(expectedOf(text)).toMatchObject(expected));

  it('32 levels and ten thousand values are within the limits, one more is not', () => {
    const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect([nested(32), nested(33)].map(isWithinLimits)).toEqual([true, false]);
    expect([Array(9_999).fill(0), Array(10_000).fill(0)].map(isWithinLimits)).toEqual([true, false]);
  });
});
