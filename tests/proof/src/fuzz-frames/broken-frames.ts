import type { Random } from '../random.ts';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  closePayload,
  type FrameBytes,
  frameBytes,
  PING,
  PONG,
  TEXT,
} from './websocket-bytes.ts';

/** What a client sends after its handshake, and what must come of it. */
export interface BrokenCase {
  readonly frames: readonly Buffer[];
  /** Close codes of which one must come; absent: whatever comes is one of {@link ANY_CLOSE}, or nothing. */
  readonly closes?: readonly number[];
}

/** Codes a gateway may close with over what a client sent. */
export const ANY_CLOSE: readonly number[] = [1000, 1002, 1005, 1007, 1008, 1009, 1013];

const CAP = 256 * 1024;
const SAID = '{"type":"ping"}';
const BAD_UTF8: readonly Buffer[] = [
  Buffer.from([0xff]),
  Buffer.from([0xc3, 0x28]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  Buffer.from([0xc0, 0x80]),
  Buffer.from([0x61, 0xe2, 0x82]),
];

type Make = (random: Random) => BrokenCase;

/** Frames as `FrameBytes` with the codes they must be closed with. */
const closed =
  (code: number, ...make: readonly ((random: Random) => FrameBytes)[]): Make =>
  (random) => ({ frames: make.map((one) => frameBytes(one(random), random)), closes: [code] });

const fragment = (): FrameBytes => ({ fin: false, payload: 'a' });

/** Every way to break the protocol that is attacked, by name. */
export const BROKEN: Readonly<Record<string, Make>> = {
  'reserved bits': closed(1002, (random) => ({ rsv: random.integer(1, 7), payload: SAID })),
  'reserved opcode': closed(1002, (random) => ({ opcode: random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) })),
  'no mask': closed(1002, (random) => ({
    masked: false,
    payload: SAID,
    opcode: random.pick([TEXT, BINARY, PING]),
  })),
  'long control': closed(1002, (random) => ({
    opcode: random.pick([CLOSE, PING, PONG]),
    payload: Buffer.alloc(random.pick([126, 200, 65_600])),
  })),
  'control in fragments': closed(1002, (random) => ({
    opcode: random.pick([CLOSE, PING, PONG]),
    fin: false,
  })),
  'continuation of nothing': closed(1002, (random) => ({ opcode: CONTINUATION, fin: random.chance(0.5) })),
  'message inside a message': closed(1002, fragment, (random) => ({ opcode: random.pick([TEXT, BINARY]) })),
  'invalid text': closed(1007, (random) => ({ payload: random.pick(BAD_UTF8) })),
  'invalid text in fragments': closed(
    1007,
    () => ({ fin: false, payload: Buffer.from([0xe2, 0x82]) }),
    () => ({ opcode: CONTINUATION, payload: Buffer.from([0x28]) }),
  ),
  'announced too large': closed(1009, (random) => ({
    opcode: random.pick([TEXT, BINARY]),
    announced: random.pick([CAP + 1, 2 ** 31, 2 ** 32, 2 ** 53, 2n ** 63n, 2n ** 64n - 1n]),
    lengthBytes: 8,
  })),
  'too large in fragments': closed(
    1009,
    () => ({ fin: false, payload: Buffer.alloc(CAP - 10, 'x') }),
    () => ({ opcode: CONTINUATION, payload: Buffer.alloc(20, 'x') }),
  ),
  'flood of fragments': (random) => ({
    frames: Array.from({ length: 400 }, (_, at) =>
      frameBytes(
        { opcode: at === 0 ? TEXT : CONTINUATION, fin: false, payload: random.chance(0.5) ? 'a' : '' },
        random,
      ),
    ),
    closes: [1008],
  }),
  'close with a wrong code': closed(1002, (random) => ({
    opcode: CLOSE,
    payload: closePayload(random.pick([0, 999, 1004, 1005, 1006, 1015, 1016, 2_999, 5_000, 65_535])),
  })),
  'close with one byte': closed(1002, () => ({ opcode: CLOSE, payload: Buffer.alloc(1) })),
  'close with invalid text': closed(1007, (random) => ({
    opcode: CLOSE,
    payload: closePayload(1000, random.pick(BAD_UTF8)),
  })),
  'close without a code': closed(1005, () => ({ opcode: CLOSE })),
  close: (random) => {
    const code = random.pick([1000, 1001, 1003, 1011, 3_000, 4_999]);
    const frames = [
      { opcode: CLOSE, payload: closePayload(code, 'x'.repeat(random.integer(0, 123))) },
      { payload: SAID },
    ];
    return { frames: frames.map((frame) => frameBytes(frame, random)), closes: [code] };
  },
  'bits flipped': (random) => {
    const bytes = Buffer.concat([
      frameBytes({ payload: SAID }, random),
      frameBytes({ opcode: PING, payload: 'hey' }, random),
      frameBytes({ payload: SAID }, random),
    ]);
    for (let flips = random.integer(1, 4); flips > 0; flips -= 1) {
      const at = random.integer(0, bytes.length - 1);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.integer(0, 7)), at);
    }
    return { frames: [bytes] };
  },
  'length that lies': (random) => ({
    frames: [
      frameBytes({ payload: SAID, announced: SAID.length + random.pick([-5, -1, 1, 40, 60_000]) }, random),
      frameBytes({ payload: SAID }, random),
    ],
  }),
  'any bytes': (random) => ({ frames: [random.bytes(random.integer(1, 400))] }),
  'half a frame': (random) => {
    const whole = frameBytes({ payload: Buffer.alloc(random.pick([5, 300, 70_000])) }, random);
    return { frames: [whole.subarray(0, random.integer(1, whole.length - 1))] };
  },
  'flood of pings': (random) => ({
    frames: Array.from({ length: 1_500 }, () =>
      frameBytes({ opcode: PING, payload: Buffer.alloc(125) }, random),
    ),
  }),
};

/** Frames that break nothing, however odd: the connection stays, and what is asked is answered. */
export function oddButRight(random: Random, id: string): readonly Buffer[] {
  const ask = JSON.stringify({ type: 'ping', id });
  const cut = random.integer(0, ask.length);
  return random
    .pick<readonly FrameBytes[]>([
      [{ payload: ask }],
      [{ payload: ask, lengthBytes: random.pick([2, 8]) }],
      [{ opcode: PING, payload: random.bytes(random.integer(0, 125)) }, { payload: ask }],
      [{ opcode: PONG, payload: random.bytes(random.integer(0, 125)) }, { payload: ask }],
      [
        { fin: false, payload: ask.slice(0, cut) },
        { opcode: PING, payload: 'between' },
        { opcode: CONTINUATION, fin: false },
        { opcode: CONTINUATION, payload: ask.slice(cut) },
      ],
      [{ payload: ' '.repeat(200_000) + ask }],
      [{ opcode: BINARY, payload: random.bytes(50) }, { payload: ask }],
      [{ payload: '' }, { payload: ask }],
    ])
    .map((frame) => frameBytes(frame, random));
}
