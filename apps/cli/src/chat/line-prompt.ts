import { createInterface } from 'node:readline';
import type { Terminal } from '../terminal.ts';

/** Lines a person types, one at a time. */
export interface LinePrompt {
  /** The next line; undefined once the person leaves, by Ctrl-D or by Ctrl-C while asked. */
  ask(): Promise<string | undefined>;
  /** Calls back on Ctrl-C, which the prompt keeps from becoming a signal; the returned function stops it. */
  onInterrupt(callback: () => void): () => void;
  close(): void;
}

export function createLinePrompt(terminal: Terminal, prompt: string): LinePrompt {
  const lines: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let over = false;
  const input = createInterface({
    input: terminal.stdin,
    output: terminal.stderr,
    prompt,
    terminal: true,
  });
  const answer = (line: string | undefined): void => {
    const asked = waiting;
    waiting = undefined;
    asked?.(line);
  };
  // Several lines may come at once, when somebody pastes them.
  input.on('line', (line) => (waiting ? answer(line) : lines.push(line)));
  input.on('close', () => {
    over = true;
    answer(undefined);
  });
  input.on('SIGINT', () => {
    if (waiting) input.close();
  });
  return {
    ask: () =>
      new Promise((resolve) => {
        const line = lines.shift();
        if (line !== undefined || over) {
          resolve(line);
          return;
        }
        waiting = resolve;
        input.prompt();
      }),
    onInterrupt(callback) {
      input.on('SIGINT', callback);
      return () => input.off('SIGINT', callback);
    },
    close: () => input.close(),
  };
}
