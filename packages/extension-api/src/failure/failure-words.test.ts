import { describe, expect, it } from 'vitest';
import { plainMessage } from './plain-message.ts';
import { retryAfterMs } from './retry-after.ts';

const now = Date.UTC(2026, 10, 21, 12);
const date = (ms: number) => new Date(now + ms).toUTCString();

describe('retryAfterMs', () => {
  it.each([
    [undefined, undefined],
    [{}, undefined],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': ' 0 ' }, 0],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': '7', 'retry-after-ms': '250' }, 250],
    [{ 'retry-after': date(30_000) }, 30_000],
    [{ 'retry-after': date(90_000), date: date(60_000) }, 30_000],
    [{ 'retry-after': date(-1000) }, undefined],
    [{ 'retry-after': '-7' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': '9'.repeat(400) }, undefined],
  ])('reads %j as %s', (headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected);
  });
});

describe('plainMessage', () => {
  it.each([
    ['no words', '', 'It failed.'],
    ['words', 'the model is loading', 'It failed: the model is loading'],
    ['lines', 'one\r\n\ttwo\u2028three\u0000', 'It failed: one two three'],
    ['an address', 'see https://example.com/a?b=c for more', 'It failed: see … for more'],
    [
      'a host and port',
      'connect ECONNREFUSED 10.0.0.7:8080 and db.internal:5432',
      'It failed: connect ECONNREFUSED … and …',
    ],
    ['mail', 'ask me@example.com', 'It failed: ask …'],
    [
      "OpenAI's key",
      'Incorrect API key provided: sk-proj-ab**cd.',
      'It failed: Incorrect API key provided: …',
    ],
    ["Anthropic's key", 'bad sk-ant-api03-aaaa_bb', 'It failed: bad …'],
    ['a bearer', 'header was Bearer abc.def', 'It failed: header was …'],
    ['a frame of a stack', 'at Object.<anonymous> (/srv/app/x.js:1:2) at run', 'It failed: … at run'],
    ['a path', 'no file /usr/share/models/x.gguf, C:\\models\\x or x', 'It failed: no file …, … or x'],
    ['a model with slashes', 'meta/llama-3/8b and/or n/a', 'It failed: meta/llama-3/8b and/or n/a'],
    ['anything opaque', `token ${'a1'.repeat(20)}`, 'It failed: token …'],
    [
      'a model with its date',
      'claude-sonnet-4-5-20250929 is gone',
      'It failed: claude-sonnet-4-5-20250929 is gone',
    ],
  ])('makes %s fit for people', (_name, words, expected) => {
    expect(plainMessage('It failed', words)).toBe(expected);
  });

  it('is never longer than 200 characters and never ends in half a character', () => {
    for (const words of ['word '.repeat(1000), '😀 '.repeat(1000), `x${'😀 '.repeat(1000)}`]) {
      const message = plainMessage('It failed', words);
      expect(message.length).toBeLessThanOrEqual(200);
      expect(Buffer.from(message).toString()).toBe(message);
    }
  });
});
