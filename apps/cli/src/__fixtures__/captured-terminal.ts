import { Readable, Writable } from 'node:stream';
import type { Terminal } from '../terminal.ts';

/** A terminal that keeps what was written and signals when told to. */
export interface CapturedTerminal extends Terminal {
  readonly out: () => string;
  readonly err: () => string;
  readonly signal: (name: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void;
}

export interface CapturedTerminalSetup {
  readonly env?: Readonly<Record<string, string>>;
  /** What stdin holds; it is no terminal. Default: nothing. */
  readonly stdin?: string;
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
  const callbacks = new Map<string, Set<() => void>>();
  return {
    stdin: Readable.from(setup.stdin === undefined ? [] : [Buffer.from(setup.stdin)]),
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
    signal: (name) => {
      for (const callback of callbacks.get(name) ?? []) callback();
    },
  };
}
