import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';

const line = (program: string, ...args: string[]) => commandLine({ program, args });

describe('commandLine', () => {
  it.each([
    [['git', 'status', '--short'], 'git status --short'],
    [['a', '--x=1', ''], "a --x=1 ''"],
    [['A=1', 'b'], "'A=1' b"],
    [['sh', '-c', 'rm -rf "$HOME"; echo $?'], `sh -c 'rm -rf "$HOME"; echo $?'`],
    [['echo', "it's"], "echo 'it'\\''s'"],
    [['echo', 'a\nb', '\u001b[2K'], "echo $'a\\nb' $'\\u001b[2K'"],
    [['echo', "it's\n\\"], "echo $'it\\'s\\n\\\\'"],
    [['cat', 'gpj.\u202eexe'], "cat $'gpj.\\u202eexe'"],
    [['ls', '…'], "ls '…'"],
    [['echo', 'ä 🙂'], "echo 'ä 🙂'"],
  ])('%j', ([program = '', ...args], expected) => {
    expect(line(program, ...args)).toBe(expected);
  });

  it('shows the input, which is the program where a shell reads it', () => {
    expect(commandLine({ program: 'sh', args: ['-s'], stdin: 'rm -rf x\n' })).toBe(
      "printf %s $'rm -rf x\\n' | sh -s",
    );
  });

  const word = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom("'", '"', '\\', '$', ' ', '\n', 'n', 'u0041', '!', '`', '\u202e'),
      maxLength: 8,
    }),
  );
  const whole = word.map((text) => text.replaceAll(/\0|\p{Surrogate}/gu, ''));

  it('S-54: is what bash takes for exactly that command', () => {
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 20 }), (words) => {
        const typed = line('printf', '%s\\0', ...words);
        const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' };
        const read = execFileSync('bash', ['-c', typed], {
          env,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        expect(read.split('\0').slice(0, -1)).toEqual(words);
        expect(/[\p{C}\p{Zl}\p{Zp}]/u.test(typed)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('S-54: different commands read differently', () => {
    const command = fc.record({
      words: fc.array(whole, { minLength: 1, maxLength: 3 }),
      stdin: fc.option(whole),
    });
    const show = ({ words: [program = '', ...args], stdin }: { words: string[]; stdin: string | null }) =>
      commandLine({ program, args, ...(stdin === null ? {} : { stdin }) });
    fc.assert(
      fc.property(command, command, (one, other) => {
        expect(show(one) === show(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 3_000 },
    );
  });
});
