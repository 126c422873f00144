import type { Approval } from '@dispatch/collab-contract';
import { approvalFixtures } from '@dispatch/collab-contract/fixtures';
import { describe, expect, it } from 'vitest';
import { askedText, spelledOut, stateText } from './approval-text.ts';

const { pending } = approvalFixtures;
const at = { answeredAt: pending.askedAt };

describe('what a person decides by', () => {
  it('ST3: is whole and on one line, with what cannot be seen written out', () => {
    expect(spelledOut('sh -c "a  b"\n\u202e\u001b[2J')).toBe('sh -c "a  b"\\u{a}\\u{202e}\\u{1b}[2J');
    const long = 'x'.repeat(5_000);
    expect(askedText({ ...pending, summary: long })).toContain(long);
  });

  it('ST3: says where the call would run, if that is told', () => {
    const placed = { ...pending, cwd: '/tmp/a\u200bb' };
    expect(askedText(placed)).toMatch(
      /^Write 4 bytes to notes\.md · in \/tmp\/a\\u\{200b\}b · until \d\d:\d\d:\d\d$/,
    );
  });

  it.each<readonly [Partial<Approval>, string]>([
    [{ state: 'allowed', scope: 'once', answeredBy: 'usr_me', ...at }, 'allowed by you at '],
    [
      { state: 'allowed', scope: 'conversation', answeredBy: 'usr_ada' },
      'allowed always in this conversation by usr_ada',
    ],
    [{ state: 'denied', answeredBy: 'usr_ada', ...at }, 'denied by usr_ada at '],
    [{ state: 'expired', ...at }, 'nobody answered in time'],
    [{ state: 'withdrawn', ...at }, 'its turn ended, or its conversation has another folder,'],
    [{ state: 'pending' }, 'waiting'],
  ])('ST3: of %j says %s', (more, text) => {
    expect(stateText({ ...pending, ...more }, 'usr_me')).toContain(text);
  });
});
