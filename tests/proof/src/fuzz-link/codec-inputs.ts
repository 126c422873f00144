import { encodeFrame } from '@dispatch/link';
import { hostileJson } from '../fuzz/hostile-values.ts';
import type { Random } from '../random.ts';

/** Cap of the decoders under attack: small, so that frames around it cost little, and above what they may take at once. */
export const CAP_BYTES = 8_192;

/** Bytes of a stream of frames, right ones and wrong ones. */
export function codecInput(random: Random): Buffer {
  return Buffer.concat(Array.from({ length: random.integer(1, 4) }, () => piece(random)));
}

function piece(random: Random): Buffer {
  switch (random.integer(0, 11)) {
    case 0:
      return random.bytes(random.integer(0, 24));
    case 1:
      // A length that lies, in either direction, by little or by much.
      return withLength(body(random), (length) => length + random.pick([-3, -1, 1, 2, 200]));
    case 2:
      return withLength(body(random), () => random.pick([0, CAP_BYTES, CAP_BYTES + 1, 2 ** 31, 2 ** 32 - 1]));
    case 3: {
      const whole = withLength(body(random));
      return whole.subarray(0, random.integer(0, whole.length));
    }
    case 4:
      return withLength(Buffer.concat([body(random), random.bytes(random.integer(1, 3))]));
    case 5:
      return withLength(random.pick(ODD_BODIES));
    case 6: {
      const flipped = Buffer.from(withLength(body(random)));
      const at = random.integer(0, flipped.length - 1);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << random.integer(0, 7)), at);
      return flipped;
    }
    default:
      return encodeFrame({ value: hostileJson(random, 2) });
  }
}

const ODD_BODIES: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.from('null'),
  Buffer.from('5'),
  Buffer.from('"text"'),
  Buffer.from('[]'),
  Buffer.from('{'),
  Buffer.from('\ufeff{}'),
  Buffer.from(' {} '),
  Buffer.from('{"a":1}{"a":2}'),
  Buffer.from([0x22, 0xc3, 0x28, 0x22]),
  Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
  Buffer.from([0x22, 0xf0, 0x9f, 0x8e]),
  Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
  Buffer.from('"\\ud800"'),
  Buffer.from(`${'['.repeat(900)}${']'.repeat(900)}`),
  Buffer.from('{"__proto__":{"polluted":true}}'),
];

function body(random: Random): Buffer {
  return Buffer.from(JSON.stringify(hostileJson(random, 2)), 'utf8');
}

function withLength(bytes: Buffer, lie: (length: number) => number = (length) => length): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(Math.max(0, lie(bytes.length)) >>> 0, 0);
  return Buffer.concat([header, bytes]);
}

/** Cuts bytes into parts: at random places, into single bytes, or not at all. */
export function randomParts(bytes: Buffer, random: Random): readonly Buffer[] {
  const kind = random.integer(0, 5);
  if (kind === 0) return [bytes];
  if (kind === 1) return Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1));
  const cuts = Array.from({ length: random.integer(1, 6) }, () => random.integer(0, bytes.length));
  return partsAt(bytes, cuts);
}

/** Cuts bytes at these places, in any order; a place named twice gives an empty part. */
export function partsAt(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}
