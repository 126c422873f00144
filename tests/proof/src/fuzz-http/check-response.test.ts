import { describe, expect, it } from 'vitest';
import type { RawAnswer } from '../fuzz/http-answers.ts';
import { faultOfResponse } from './check-response.ts';
import { isAccepted } from './expected-verdict.ts';
import type { RouteRequest } from './route-requests.ts';

const requestId = `req_${'a'.repeat(26)}`;
const asked = (
  route: RouteRequest['route'],
  body: string,
  more: Partial<RouteRequest> = {},
): RouteRequest => ({
  route,
  change: 'right',
  request: { method: 'POST', target: '/', headers: [], body: Buffer.from(body) },
  isJudgedByBody: true,
  ...more,
});
const answer = (status: number, body: unknown, headers: Record<string, string> = {}): RawAnswer => ({
  status,
  headers: { 'x-request-id': requestId, 'x-content-type-options': 'nosniff', ...headers },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const refusal = (code: string) => ({ error: 'No.', code, retryable: false, requestId });
const title = { conversationId: 'c', title: 'x' };
const event = (type: string) => `${JSON.stringify({ type, conversationId: 'c', turnId: 't' })}\n`;

describe('the answer to a request', () => {
  it('is right when it is the one the contract means', () => {
    expect(faultOfResponse(asked('setTitle', '{"title":"x"}'), answer(200, title))).toBeUndefined();
    expect(faultOfResponse(asked('setTitle', '{}'), answer(400, refusal('invalid-request')))).toBeUndefined();
    const stream = answer(200, event('turn-sealed'), { 'x-conversation-id': 'c' });
    expect(faultOfResponse(asked('chat', '{"message":"hi"}'), stream)).toBeUndefined();
  });

  it.each<readonly [string, RouteRequest, RawAnswer]>([
    ['a wrong body was accepted', asked('setTitle', '{}'), answer(200, title)],
    ['a right body was refused', asked('setTitle', '{"title":"x"}'), answer(400, refusal('invalid-request'))],
    ['another answer', asked('setTitle', '{"title":"x"}'), answer(200, { title: 'x' })],
    ['a status of no contract', asked('setTitle', '{}'), answer(418, refusal('invalid-request'))],
    ['a failure of ours', asked('setTitle', '{}'), answer(500, refusal('internal'))],
    [
      'a kernel that is away',
      asked('setTitle', '{}'),
      answer(503, { ...refusal('kernel-unavailable'), retryable: true }),
    ],
    [
      'a stream without its end',
      asked('chat', '{"message":"hi"}'),
      answer(200, event('turn-start'), { 'x-conversation-id': 'c' }),
    ],
    [
      'a missing header',
      asked('setTitle', '{}'),
      { ...answer(400, refusal('invalid-request')), headers: {} },
    ],
  ])('%s is seen', (_what, request, response) => {
    expect(faultOfResponse(request, response)).toEqual(expect.any(String));
  });
});

describe('whether a body is accepted', () => {
  it.each<readonly [string | Buffer, boolean]>([
    ['{"message":"hi"}', true],
    ['{"message":""}', false],
    ['{"message":"hi","__proto__":{}}', false],
    [Buffer.from([0x7b, 0xff, 0x7d]), false],
    [`{"message":"hi","x":"${'x'.repeat(1024 * 1024)}"}`, false],
  ])('%# of chat', (body, accepted) => {
    expect(isAccepted('chat', Buffer.from(body as string))).toBe(accepted);
  });

  it('an absent body is one where none is needed', () => {
    expect(isAccepted('stopConversation', Buffer.alloc(0))).toBe(true);
    expect(isAccepted('setTitle', Buffer.alloc(0))).toBe(false);
    expect(isAccepted('closeConversation', Buffer.from('nonsense'))).toBe(true);
  });
});
