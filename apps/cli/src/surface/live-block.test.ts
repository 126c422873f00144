import { expect, it } from 'vitest';
import { captureTerminal } from '../__fixtures__/captured-terminal.ts';
import { LiveBlock } from './live-block.ts';

/** A block on a terminal of this size, and what was written since it was last asked. */
function block(columns: number, rows?: number) {
  const terminal = captureTerminal({ tty: true });
  const stdout = Object.assign(terminal.stdout, { columns, ...(rows === undefined ? {} : { rows }) });
  let told = 0;
  const written = (): string => {
    const text = terminal.out().slice(told);
    told += text.length;
    return text;
  };
  return { live: new LiveBlock(stdout), stdout, written };
}

it('draws in place, and nothing when nothing changed', () => {
  const { live, written } = block(80);
  live.draw(['a', 'b']);
  expect(written()).toBe('a\nb\n');
  live.draw(['a', 'b']);
  expect(written()).toBe('');
  live.draw(['a', 'c', 'd']);
  expect(written()).toBe('\u001b[2A\r\u001b[Ja\nc\nd\n');
  live.draw(['e']);
  expect(written()).toBe('\u001b[3A\r\u001b[Je\n');
});

it('goes up over lines that a narrower terminal broke, by what is seen of them', () => {
  const { live, stdout, written } = block(80);
  live.draw(['\u001b[1m12345678\u001b[22m', '']);
  written();
  Object.assign(stdout, { columns: 5 });
  live.draw(['x']);
  expect(written()).toBe('\u001b[3A\r\u001b[Jx\n');
});

it('leaves out what the screen has no room for, but not in the end', () => {
  const { live, written } = block(80, 4);
  live.draw(['1', '2', '3', '4', '5']);
  expect(written()).toBe('1\n2\n… (more when you leave)\n');
  live.finish(['1', '2', '3', '4', '5']);
  expect(written()).toBe('\u001b[3A\r\u001b[J1\n2\n3\n4\n5\n');
});
