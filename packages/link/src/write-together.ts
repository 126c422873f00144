import type { Writable } from 'node:stream';

/**
 * Makes the small writes of one moment leave in one system call: the returned function is called before each write, and what is written until
 * the callback that runs now and its promises are over goes out together.
 */
export function writeTogether(stream: Writable): () => void {
  let isHeld = false;
  return () => {
    if (isHeld) return;
    isHeld = true;
    stream.cork();
    process.nextTick(() => {
      isHeld = false;
      stream.uncork();
    });
  };
}
