import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { writeTogether } from './write-together.ts';

function recorder() {
  const calls: string[][] = [];
  const text = (chunk: Buffer) => chunk.toString('utf8');
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      calls.push([text(chunk)]);
      done();
    },
    writev: (chunks, done) => {
      calls.push(chunks.map(({ chunk }) => text(chunk)));
      done();
    },
  });
  return { stream, calls };
}

describe('writing together', () => {
  it('gives what one moment writes, its promises included, in one call and in order', async () => {
    const { stream, calls } = recorder();
    const hold = writeTogether(stream);
    const write = (text: string) => {
      hold();
      stream.write(text);
    };
    write('a');
    write('b');
    await Promise.resolve().then(() => write('c'));
    await new Promise((resolve) => setImmediate(resolve));
    write('d');
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls.flat()).toEqual(['a', 'b', 'c', 'd']);
    expect(calls.length).toBeLessThanOrEqual(3);
    expect(calls[0]?.slice(0, 2)).toEqual(['a', 'b']);
    expect(calls.at(-1)).toEqual(['d']);
  });

  it('loses nothing when the stream ends or breaks while something is held', async () => {
    const { stream, calls } = recorder();
    const hold = writeTogether(stream);
    hold();
    stream.write('last words');
    stream.end();
    await new Promise((resolve) => stream.once('finish', resolve));
    expect(calls).toEqual([['last words']]);
    const broken = recorder().stream;
    writeTogether(broken)();
    broken.destroy();
    await new Promise((resolve) => setImmediate(resolve));
  });
});
