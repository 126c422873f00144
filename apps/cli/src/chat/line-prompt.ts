import { clearScreenDown, createInterface, cursorTo } from 'node:readline';
import type { Terminal } from '../terminal.ts';

/** Where a person is asked while a run prints. */
export interface Questions {
  /**
   * The next line that is typed behind the question; what was typed before is no answer. Undefined: the signal took the question back, or the person left by
   * Ctrl-D.
   */
  question(text: string, signal: AbortSignal): Promise<string | undefined>;
  /** Prints without breaking into a question that is open, which stands below it then. */
  above(print: () => void): void;
}

/** Lines a person types, one at a time. */
export interface LinePrompt extends Questions {
  /** The next line; undefined once the person leaves, by Ctrl-D or by Ctrl-C while asked. */
  ask(): Promise<string | undefined>;
  /** Calls back on Ctrl-C, which the prompt keeps from becoming a signal; the returned function stops it. */
  onInterrupt(callback: () => void): () => void;
  close(): void;
}

export function createLinePrompt(terminal: Terminal, prompt: string): LinePrompt {
  const lines: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let questioned: ((line: string | undefined) => void) | undefined;
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
  const clearRow = (): void => {
    cursorTo(terminal.stderr, 0);
    clearScreenDown(terminal.stderr);
  };
  /** Takes back what is typed of a line, and gives it. */
  const takeTyped = (): string => {
    const typed = input.line;
    if (typed === '') return '';
    input.write(null, { ctrl: true, name: 'e' });
    input.write(null, { ctrl: true, name: 'u' });
    return typed;
  };
  // Several lines may come at once, when somebody pastes them.
  input.on('line', (line) => {
    if (questioned) questioned(line);
    else if (waiting) answer(line);
    else lines.push(line);
  });
  input.on('close', () => {
    over = true;
    questioned?.(undefined);
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
    question: (text, signal) =>
      new Promise((resolve) => {
        if (over || signal.aborted) {
          resolve(undefined);
          return;
        }
        const before = takeTyped();
        const takeBack = (): void => {
          takeTyped();
          clearRow();
          questioned?.(undefined);
        };
        questioned = (line) => {
          questioned = undefined;
          signal.removeEventListener('abort', takeBack);
          input.setPrompt(prompt);
          if (!over && before !== '') input.write(before);
          resolve(line);
        };
        signal.addEventListener('abort', takeBack);
        input.setPrompt(text);
        input.prompt();
      }),
    above(print) {
      if (!questioned) {
        print();
        return;
      }
      clearRow();
      print();
      input.prompt(true);
    },
    onInterrupt(callback) {
      input.on('SIGINT', callback);
      return () => input.off('SIGINT', callback);
    },
    close: () => input.close(),
  };
}

/** For a run that asks for nothing else: the terminal is the person's own but while a question is open. Ctrl-C then calls `interrupt`. */
export function passingQuestions(terminal: Terminal, interrupt: () => void): Questions {
  let open: LinePrompt | undefined;
  return {
    async question(text, signal) {
      const prompt = createLinePrompt(terminal, '');
      prompt.onInterrupt(interrupt);
      open = prompt;
      try {
        return await prompt.question(text, signal);
      } finally {
        open = undefined;
        prompt.close();
      }
    },
    above: (print) => (open ? open.above(print) : print()),
  };
}
