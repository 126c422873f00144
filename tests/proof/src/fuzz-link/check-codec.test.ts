import { encodeFrame } from '@dispatch/link';
import { describe, expect, it } from 'vitest';
import { faultOfDecoder, meaningOf } from './check-codec.ts';
import { partsAt } from './codec-inputs.ts';

const CAP = 100;
const bytes = Buffer.concat([encodeFrame({ a: 1 }), encodeFrame({ b: 2 })]);
const header = (length: number): Buffer => {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(length);
  return four;
};

describe('the model of the codec', () => {
  it.each<readonly [string, Buffer, object]>([
    ['two frames', bytes, { frames: [{ a: 1 }, { b: 2 }] }],
    ['half a frame', bytes.subarray(0, -1), { frames: [{ a: 1 }] }],
    ['half a header', bytes.subarray(0, 3), { frames: [] }],
    ['nothing', Buffer.alloc(0), { frames: [] }],
    [
      'a frame over the cap',
      Buffer.concat([bytes, header(101)]),
      { frames: [{ a: 1 }, { b: 2 }], code: 'frame-too-large' },
    ],
    ['no JSON', Buffer.concat([header(1), Buffer.from('{')]), { frames: [], code: 'malformed-frame' }],
    [
      'no UTF-8',
      Buffer.concat([header(3), Buffer.from([0x22, 0xff, 0x22])]),
      { frames: [], code: 'malformed-frame' },
    ],
  ])('reads %s', (_what, stream, meaning) => expect(meaningOf(stream, CAP)).toEqual(meaning));

  it('sees frames that are missing, surplus or others, and a missing or surplus error', () => {
    const meaning = meaningOf(bytes, CAP);
    expect(faultOfDecoder(partsAt(bytes, [2, 7]), meaning, CAP)).toBeUndefined();
    for (const wrong of [
      { frames: [{ a: 1 }] },
      { frames: [{ a: 1 }, { b: 3 }] },
      { frames: [{ b: 2 }, { a: 1 }] },
      { ...meaning, code: 'malformed-frame' as const },
    ]) {
      expect(faultOfDecoder([bytes], wrong, CAP)).toEqual(expect.any(String));
    }
  });
});
