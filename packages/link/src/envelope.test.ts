import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EnvelopeError, encodeFrame, FrameDecoder } from './envelope.ts';

/** Cuts bytes at the given places, in any order. */
function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

function decodeAll(parts: readonly Uint8Array[], cap?: number): { frames: unknown[]; error: unknown } {
  const decoder = new FrameDecoder(cap);
  const frames: unknown[] = [];
  try {
    for (const part of parts) decoder.push(part, (frame) => frames.push(frame));
  } catch (error) {
    return { frames, error };
  }
  return { frames, error: undefined };
}

const frameValue = fc.dictionary(fc.string(), fc.jsonValue());
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('envelope', () => {
  it('E9: every split of the bytes gives the same frames', () => {
    fc.assert(
      fc.property(fc.array(frameValue, { maxLength: 8 }), fc.array(fc.nat()), (values, cuts) => {
        const bytes = Buffer.concat(values.map((value) => encodeFrame(value)));
        expect(decodeAll(split(bytes, cuts))).toEqual({ frames: values.map(asJson), error: undefined });
      }),
      { numRuns: 500 },
    );
  });

  it('E9: one byte at a time and all at once give the same, also for text of many bytes per character', () => {
    const values = [{ text: 'Grüße 日本 🎈' }, {}, { deep: { list: [1, null, 'x'] } }];
    const bytes = Buffer.concat(values.map((value) => encodeFrame(value)));
    const single = [...bytes].map((byte) => Buffer.from([byte]));
    expect(decodeAll(single).frames).toEqual(values);
    expect(decodeAll([bytes]).frames).toEqual(values);
  });

  it('E9: a frame over the cap is refused on both sides, one of exactly the cap is not', () => {
    const fits = { t: 'x'.repeat(92) };
    expect(JSON.stringify(fits)).toHaveLength(100);
    const bytes = encodeFrame(fits, 100);
    expect(decodeAll([bytes], 100).frames).toEqual([fits]);
    expect(() => encodeFrame({ t: 'x'.repeat(93) }, 100)).toThrow(
      expect.objectContaining({ code: 'frame-too-large' }),
    );
    expect(decodeAll([bytes], 99).error).toMatchObject({ code: 'frame-too-large' });
  });

  it('E9: garbage throws nothing but the declared errors, and the same frames and code for every split', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array(),
            frameValue.map((value) => encodeFrame(value)),
          ),
          { maxLength: 6 },
        ),
        fc.array(fc.nat()),
        (parts, cuts) => {
          const bytes = Buffer.concat(parts);
          const whole = decodeAll([bytes], 4096);
          const pieces = decodeAll(split(bytes, cuts), 4096);
          if (whole.error !== undefined) expect(whole.error).toBeInstanceOf(EnvelopeError);
          expect(pieces.frames).toEqual(whole.frames);
          expect((pieces.error as EnvelopeError | undefined)?.code).toBe(
            (whole.error as EnvelopeError | undefined)?.code,
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('E9: frames before a broken one are given, nothing after it', () => {
    const broken = Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from('{x')]);
    const result = decodeAll([Buffer.concat([encodeFrame({ a: 1 }), broken, encodeFrame({ a: 2 })])]);
    expect(result.frames).toEqual([{ a: 1 }]);
    expect(result.error).toMatchObject({ code: 'malformed-frame' });

    const decoder = new FrameDecoder();
    expect(() => decoder.push(broken, () => undefined)).toThrow(EnvelopeError);
    expect(() => decoder.push(encodeFrame({ a: 2 }), () => undefined)).toThrow(EnvelopeError);
  });

  it('E9: bytes that are no UTF-8 are malformed, not replaced', () => {
    const body = Buffer.from([0x22, 0xc3, 0x28, 0x22]);
    expect(decodeAll([Buffer.from([0, 0, 0, 4]), body]).error).toMatchObject({ code: 'malformed-frame' });
  });

  it('E9: an announced length costs no memory before its bytes come', () => {
    const decoder = new FrameDecoder();
    decoder.push(Buffer.from([0, 0x7f, 0xff, 0xff]), () => undefined);
    expect(decoder.heldBytes).toBe(0);
    decoder.push(Buffer.alloc(10_000, 0x20), () => undefined);
    expect(decoder.heldBytes).toBeLessThanOrEqual(20_000);
  });

  it('E9: what has no JSON form is refused when written', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    expect(() => encodeFrame(cyclic)).toThrow(expect.objectContaining({ code: 'malformed-frame' }));
    expect(() => encodeFrame(() => undefined)).toThrow(EnvelopeError);
  });
});
