import { write, writeSync } from 'node:fs';
import { redactText } from './log-redaction.ts';

/** Lines that may wait for a reader that does not read; more are dropped. */
const WAITING_CAP_BYTES = 4 * 1024 * 1024;
/** How often and how long the end of the process waits for a reader that is behind. */
const LAST_TRIES = 20;
const LAST_TRY_MS = 10;

/** Where a process writes its log lines. */
export interface LogOutput {
  /** Never waits and never throws: a line that nobody can read is dropped. What looks like a secret of ours is not written. */
  write(line: string): void;
  /** Writes what waits before the process ends. Comes to an end also when nobody reads any more. */
  flushSync(): void;
}

/**
 * Lines to a descriptor, in order, without holding up whoever writes them. Pino's own output tries for ever to write what is left when the reader is
 * gone, so that a process whose supervisor was killed never ends.
 */
export function createLogOutput(descriptor: number): LogOutput {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let isWriting = false;
  let isDead = false;

  const take = (): Buffer => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    return bytes;
  };

  const keep = (bytes: Buffer): void => {
    if (bytes.length > 0) waiting.unshift(bytes);
    waitingBytes += bytes.length;
  };

  const pump = (): void => {
    if (isWriting || isDead || waiting.length === 0) return;
    isWriting = true;
    const bytes = take();
    write(descriptor, bytes, (error, written) => {
      isWriting = false;
      if (error === null) keep(bytes.subarray(written));
      // The reader is behind: the next line tries again.
      else if (error.code === 'EAGAIN') return keep(bytes);
      else isDead = true;
      pump();
    });
  };

  const output: LogOutput = {
    write(line) {
      const bytes = Buffer.from(redactText(line));
      if (isDead || waitingBytes + bytes.length > WAITING_CAP_BYTES) return;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      // Not before the caller is done: last words before an exit then go out by flushSync, in order.
      queueMicrotask(pump);
    },
    flushSync() {
      let left = isDead ? Buffer.alloc(0) : take();
      for (let tries = 0; left.length > 0 && tries < LAST_TRIES; ) {
        try {
          left = left.subarray(writeSync(descriptor, left));
          tries = 0;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') isDead = true;
          if (isDead) return;
          tries += 1;
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_TRY_MS);
        }
      }
    },
  };
  process.on('exit', output.flushSync);
  return output;
}
