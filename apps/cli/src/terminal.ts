import type { Readable, Writable } from 'node:stream';

/** A stream a command writes to. */
export type TextSink = Writable & {
  /** Somebody looks at it, rather than a program reading it. */
  readonly isTTY?: boolean;
  /** Width in characters; absent when it is not a terminal. */
  readonly columns?: number;
  /** Height in lines; absent when it is not a terminal. */
  readonly rows?: number;
};

/** Everything a command may touch of the process it runs in; a test passes its own. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back on each such signal instead of ending; the returned function stops that. */
  onSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', callback: () => void): () => void;
}

export function processTerminal(): Terminal {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    onSignal(signal, callback) {
      process.on(signal, callback);
      return () => process.off(signal, callback);
    },
  };
}
