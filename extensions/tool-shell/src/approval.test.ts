import type { JsonValue } from '@dispatch/extension-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approval } from './approval.ts';

const pattern = (...command: string[]) => approval.pattern({ command });

describe('S-54: what a person reads before a command runs', () => {
  it('the summary is the whole command', () => {
    expect(approval.summary({ command: ['sh', '-c', 'echo "$1"\nrm x'] })).toBe(`sh -c $'echo "$1"\\nrm x'`);
  });

  it('a long one says first how long it is, so that no end hides behind a cut', () => {
    const long = 'x '.repeat(16_000);
    expect(approval.summary({ command: ['sh', '-c', long] })).toBe(
      `(32008 characters in all) sh -c '${long}'`,
    );
    expect(approval.summary({ command: ['echo', 'x'.repeat(395)] })).toMatch(/^echo x+$/);
    expect(approval.summary({ command: ['echo', 'x'.repeat(396)] })).toMatch(
      /^\(401 characters in all\) echo x+$/,
    );
  });

  it('"always" for a program that only prints covers all its arguments', () => {
    expect(pattern('ls', '-l')).toBe('ls …');
    expect(pattern('ls')).toBe(pattern('ls', '/tmp'));
    expect(pattern('ls')).not.toBe(pattern('cat'));
  });

  it.each([
    [
      ['sh', '-c', 'echo 1'],
      ['sh', '-c', 'echo 2'],
    ],
    [
      ['bash', 'a.sh'],
      ['bash', 'b.sh'],
    ],
    [
      ['node', '-e', '1'],
      ['node', '-e', '2'],
    ],
    [
      ['python3', 'a.py'],
      ['python3', 'b.py'],
    ],
    [
      ['env', 'ls'],
      ['env', 'sh'],
    ],
    [
      ['git', 'status'],
      ['git', '-c', 'core.pager=x', 'log'],
    ],
    [
      ['find', '.'],
      ['find', '.', '-delete'],
    ],
    [['./ls'], ['./ls', '-x']],
    [['/tmp/ls'], ['ls']],
    [
      ['rm', 'a'],
      ['rm', 'b'],
    ],
  ])('"always" for %j does not cover %j', (one, other) => {
    expect(pattern(...one)).toBe(approval.pattern({ command: one, timeoutMs: 5 }));
    expect(pattern(...one)).not.toBe(pattern(...other));
  });

  it('"always" for a shell covers no other input either', () => {
    const reading = (stdin: string) => approval.pattern({ command: ['sh'], stdin });
    expect(reading('echo 1')).not.toBe(reading('echo 2'));
    expect(reading('echo 1')).not.toBe(pattern('sh'));
  });

  it('no command line is a pattern for more than itself', () => {
    const lines = [['ls …'], ['ls', '…'], ['(no', 'command)'], ['(no command)']].map((words) =>
      pattern(...words),
    );
    for (const line of lines.filter((one) => one !== 'ls …')) expect(line).not.toMatch(/^\(no command\)$/);
    expect(pattern('ls …')).toBe("'ls …'");
  });

  it('is one line and a pattern, whatever a model passes', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({ command: fc.array(fc.string({ unit: 'binary' })), stdin: fc.string({ unit: 'binary' }) }),
    );
    fc.assert(
      fc.property(anything, (input) => {
        const summary = approval.summary(input as JsonValue);
        expect(summary).not.toBe('');
        expect(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(summary)).toBe(false);
        expect(approval.pattern(input as JsonValue)).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });
});
