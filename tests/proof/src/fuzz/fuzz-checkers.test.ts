import { describe, expect, it } from 'vitest';
import { readAnswers } from './http-answers.ts';
import { leakIn } from './leaks.ts';
import { faultOfErrorBody, faultOfErrorFrame } from './refusals.ts';

const requestId = `req_${'a'.repeat(26)}`;
const body = { error: 'No.', code: 'invalid-request', retryable: false, requestId };
const frame = { type: 'error', message: 'No.', code: 'unknown-frame', retryable: false, requestId, id: 'q' };

describe('what is an error of the contract', () => {
  it('passes a right body and a right frame', () => {
    expect(faultOfErrorBody(400, JSON.stringify(body), requestId)).toBeUndefined();
    expect(faultOfErrorBody(431, JSON.stringify(body), requestId)).toBeUndefined();
    expect(faultOfErrorFrame(frame)).toBeUndefined();
  });

  it.each<readonly [number, object]>([
    [401, body],
    [400, { ...body, error: '' }],
    [400, { ...body, code: 'nonsense' }],
    [400, { ...body, retryable: true }],
    [400, { ...body, stack: 'x' }],
    [400, { ...body, requestId: 'x' }],
    [400, { ...body, error: 'two\nlines' }],
    [400, { ...body, error: 'x'.repeat(501) }],
    [400, { ...body, hint: 5 }],
    [400, { ...body, error: "ENOENT: no such file or directory, open '/tmp/x'" }],
    [500, { ...body, code: 'internal' }],
  ])('refuses %i %j', (status, wrong) => {
    expect(faultOfErrorBody(status, JSON.stringify(wrong), requestId)).toEqual(expect.any(String));
  });

  it('refuses a frame that lacks a code, or has the field of the other kind', () => {
    expect(faultOfErrorFrame({ ...frame, code: undefined })).toEqual(expect.any(String));
    expect(faultOfErrorFrame({ ...frame, conversationId: 'c' })).toEqual(expect.any(String));
  });
});

describe('what belongs inside', () => {
  it.each([
    'SqliteError: UNIQUE constraint failed: turn.id',
    'at Object.<anonymous> (/srv/x.js:1:2)',
    'at async parse (file.ts:4:1)',
    'Cannot read properties of undefined',
    'Unexpected token } in JSON at position 4',
    'connect ECONNREFUSED',
    'no such file: /tmp/dispatch-test-x/dispatch.db',
    'insert into turn values (?)',
  ])('is seen: %s', (text) => expect(leakIn(text)).toEqual(expect.any(String)));

  it.each(['conversationId: must not be empty', 'Update the client, then select another model.'])(
    'is not seen in: %s',
    (text) => expect(leakIn(text)).toBeUndefined(),
  );
});

describe('reading answers', () => {
  const one = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
  const two = 'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3\r\nyou\r\n0\r\n\r\n';

  it('finds each, whatever its framing', () => {
    const { answers, rest } = readAnswers(Buffer.from(`${one}${two}HTTP/1.1 2`));
    expect(answers.map(({ status, body }) => [status, String(body)])).toEqual([
      [200, 'hi'],
      [404, 'hiyou'],
    ]);
    expect(String(rest)).toBe('HTTP/1.1 2');
  });

  it('knows that HEAD has no body and that 100 is not the answer', () => {
    const head = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n';
    const { answers, rest } = readAnswers(Buffer.from(head + one), ['HEAD', 'GET']);
    expect(answers.map(({ status }) => status)).toEqual([100, 200, 200]);
    expect(rest).toHaveLength(0);
  });

  it('says when bytes are no HTTP', () => {
    expect(readAnswers(Buffer.from('nonsense')).isBroken).toBe(true);
    expect(readAnswers(Buffer.from(`${one}x`)).isBroken).toBe(true);
    expect(readAnswers(Buffer.from(one.slice(0, -1))).isBroken).toBe(false);
  });
});
