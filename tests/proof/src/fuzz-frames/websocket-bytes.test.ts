import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import {
  CLOSE,
  closeCodeIn,
  closePayload,
  frameBytes,
  PING,
  readServerFrames,
  TEXT,
} from './websocket-bytes.ts';

const random = createRandom(1);
const unmasked = (opcode: number, payload: Buffer | string) =>
  frameBytes({ opcode, payload, masked: false }, random);

describe('WebSocket bytes', () => {
  it.each([0, 1, 125, 126, 65_535, 65_536])('a frame of %i bytes reads as it was written', (length) => {
    const payload = Buffer.alloc(length, 'x');
    const bytes = Buffer.concat([unmasked(TEXT, payload), unmasked(PING, 'hey')]);
    expect(readServerFrames(bytes)).toEqual([
      { opcode: TEXT, payload },
      { opcode: PING, payload: Buffer.from('hey') },
    ]);
    expect(readServerFrames(bytes.subarray(0, -1))).toHaveLength(1);
  });

  it('a mask hides the payload and says so', () => {
    const bytes = frameBytes({ payload: 'hello' }, random);
    expect(bytes.readUInt8(1)).toBe(0x80 | 5);
    const [key, hidden] = [bytes.subarray(2, 6), bytes.subarray(6)];
    expect(Buffer.from(hidden.map((byte, at) => byte ^ (key[at % 4] ?? 0))).toString()).toBe('hello');
  });

  it('a close tells its code, or that it has none', () => {
    expect(closeCodeIn(readServerFrames(unmasked(CLOSE, closePayload(1009, 'why'))))).toBe(1009);
    expect(closeCodeIn(readServerFrames(unmasked(CLOSE, '')))).toBe(1005);
    expect(closeCodeIn(readServerFrames(unmasked(TEXT, 'x')))).toBeUndefined();
  });

  it('a header says what it is told to', () => {
    expect(
      frameBytes({ announced: 2n ** 64n - 1n, lengthBytes: 8, masked: false }, random).toString('hex'),
    ).toBe('817fffffffffffffffff');
    expect(frameBytes({ fin: false, rsv: 7, opcode: 3, masked: false }, random).toString('hex')).toBe('7300');
  });
});
