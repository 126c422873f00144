import { PassThrough, Readable, Writable } from 'node:stream';
import type { Terminal } from '../terminal.ts';

/** A terminal that keeps what was written and signals when told to. */
export interface CapturedTerminal extends Terminal {
  readonly out: () => string;
  readonly err: () => string;
  /** Types; only with `person`. */
  readonly type: (text: string) => void;
  readonly signal: (name: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void;
}

export interface CapturedTerminalSetup {
  readonly env?: Readonly<Record<string, string>>;
  /** What stdin holds; it is no terminal. Default: nothing. */
  readonly stdin?: string;
  /** Somebody sits there and types: stdin is a terminal too. Default: no. */
  readonly person?: boolean;
  /** Whether stdout and stderr count as a terminal, 80 characters wide. Default: no. */
  readonly tty?: boolean;
}

export function captureTerminal(setup: CapturedTerminalSetup = {}): CapturedTerminal {
  const written = { out: '', err: '' };
  const sink = (name: 'out' | 'err') =>
    Object.assign(
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          written[name] += chunk.toString('utf8');
          done();
        },
      }),
      setup.tty ? { isTTY: true, columns: 80 } : {},
    );
  const keyboard = Object.assign(new PassThrough(), { isTTY: true });
  const piped = Readable.from(setup.stdin === undefined ? [] : [Buffer.from(setup.stdin)]);
  const callbacks = new Map<string, Set<() => void>>();
  return {
    stdin: setup.person ? keyboard : piped,
    stdout: sink('out'),
    stderr: sink('err'),
    env: setup.env ?? {},
    onSignal(signal, callback) {
      const set = callbacks.get(signal) ?? new Set();
      callbacks.set(signal, set.add(callback));
      return () => set.delete(callback);
    },
    out: () => written.out,
    err: () => written.err,
    type: (text) => void keyboard.write(text),
    signal: (name) => {
      for (const callback of callbacks.get(name) ?? []) callback();
    },
  };
}
