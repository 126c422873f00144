import { describe, expect, it } from 'vitest';
import { parseIoLog } from './io-log.ts';

function bytesOf(kind: string, fd: number, number: number, data = ''): Buffer {
  const bytes = Buffer.alloc(24 + data.length);
  bytes.writeUInt32LE(kind.charCodeAt(0), 0);
  bytes.writeInt32LE(fd, 4);
  bytes.writeBigInt64LE(BigInt(number), 8);
  bytes.writeBigUInt64LE(BigInt(data.length), 16);
  bytes.write(data, 24, 'latin1');
  return bytes;
}

const texts = (log: Buffer) =>
  parseIoLog(log).map(({ kind, fd, number, data }) => `${kind} ${fd} ${number} ${data}`);

describe('the log of a kernel', () => {
  it('is read record by record', () => {
    const log = Buffer.concat([
      bytesOf('O', 7, 1, 'dispatch.db'),
      bytesOf('W', 7, 4096, 'page'),
      bytesOf('F', 7, 0),
    ]);
    expect(texts(log)).toEqual(['open 7 1 dispatch.db', 'write 7 4096 page', 'flush 7 0 ']);
  });

  it('may be cut short at its end, and nowhere else', () => {
    const log = Buffer.concat([bytesOf('F', 7, 0), bytesOf('W', 7, 0, 'page')]);
    for (let length = 24; length < log.length; length += 1) {
      expect(texts(log.subarray(0, length))).toEqual(['flush 7 0 ']);
    }
    expect(() => parseIoLog(Buffer.concat([log.subarray(0, 50), log]))).toThrow('begins no record');
  });

  it('gives of a message what the socket took', () => {
    const log = Buffer.concat([bytesOf('M', 5, 0, 'hello'), bytesOf('C', 5, 2), bytesOf('M', 5, 0, 'llo')]);
    expect(texts(log)).toEqual(['send 5 0 he', 'send 5 0 llo']);
  });
});
