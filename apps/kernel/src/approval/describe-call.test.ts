import type { JsonValue } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { type ActingCall, hashOfCall } from './acting-call.ts';
import { describeCall } from './describe-call.ts';

const call: ActingCall = {
  conversationId: 'c',
  turnId: 't',
  toolCallId: 'call',
  tool: 'run-command',
  input: { command: 'ls' },
  cwd: null,
};
const saying = (summary: unknown, pattern: unknown) =>
  describeCall({ summary: () => summary as string, pattern: () => pattern as string }, call);
const failing = () => {
  throw new Error('no');
};

describe('S-54: what a person reads of a call', () => {
  it('is one line in which nothing hides', () => {
    expect(saying('Run ls\n\u202e; rm -rf /\u0007', 'ls').summary).toBe('Run ls ; rm -rf /');
    expect(saying('x'.repeat(5_000), 'ls').summary).toHaveLength(500);
  });

  it('is the name of the tool where the tool cannot say', () => {
    for (const nothing of ['', ' \n ', 7, null]) expect(saying(nothing, 'p').summary).toBe('run-command');
    expect(describeCall({ summary: failing, pattern: failing }, call)).toEqual({
      summary: 'run-command',
      pattern: null,
    });
  });

  it('has no pattern where a lasting answer would cover more than was seen', () => {
    for (const pattern of ['', 'x'.repeat(1_001), 7, undefined])
      expect(saying('s', pattern).pattern).toBeNull();
    expect(saying('s', 'ls').pattern).toBe('ls');
  });
});

describe('S-54: the hash of a call', () => {
  const hashOf = (input: JsonValue, cwd: string | null = null) => hashOfCall({ input, cwd });

  it('is the same in whatever order fields stand', () => {
    expect(hashOf({ a: 1, b: { c: [1, 2], d: null } })).toBe(hashOf({ b: { d: null, c: [1, 2] }, a: 1 }));
  });

  it.each([
    [{ a: 1 }, { a: '1' }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: {} }, { a: [] }],
    [{ a: ['object'] }, { a: {} }],
    [{ a: null }, {}],
    [{ a: { b: 1 }, c: 2 }, { a: { b: 1, c: 2 } }],
    [JSON.parse('{"__proto__":1}'), {}],
  ])('tells %j from %j', (one, other) => {
    expect(hashOf(one)).not.toBe(hashOf(other));
  });

  it('tells one directory from another, and from none', () => {
    const hashes = [null, '', '/home', '/'].map((cwd) => hashOf({ a: 1 }, cwd));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
