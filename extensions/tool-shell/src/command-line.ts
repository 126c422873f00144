import { isVisibleText, visibleText } from '@dispatch/extension-api';
import type { Command } from './command.ts';

/** A word that a shell takes as it stands. With `=` it is an option; in front of a command it would set a variable. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$|^-[A-Za-z0-9_@%+:,./=-]+$/;

/**
 * A command as a person would have to type it into bash to run the same: one line, every word readable, nothing in it that a screen does not show.
 * Different commands give different lines.
 */
export function commandLine({ program, args, stdin }: Pick<Command, 'program' | 'args' | 'stdin'>): string {
  const line = [program, ...args].map(quote).join(' ');
  return stdin === undefined ? line : `printf %s ${quote(stdin)} | ${line}`;
}

function quote(word: string): string {
  if (PLAIN.test(word)) return word;
  if (isVisibleText(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  return `$'${visibleText(word).replaceAll("'", "\\'")}'`;
}
