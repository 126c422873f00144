import type { Random } from '../random.ts';

/** A WebSocket frame to be written, right unless told otherwise. */
export interface FrameBytes {
  readonly opcode?: number;
  readonly fin?: boolean;
  /** The three reserved bits, as a number from 0 to 7. */
  readonly rsv?: number;
  readonly masked?: boolean;
  readonly payload?: Buffer | string;
  /** What the header says instead of the payload's length. */
  readonly announced?: number | bigint;
  /** Bytes the length takes: the fewest unless told otherwise. */
  readonly lengthBytes?: 1 | 2 | 8;
}

export const TEXT = 1;
export const BINARY = 2;
export const CONTINUATION = 0;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** A client's frame as bytes. */
export function frameBytes(frame: FrameBytes, random: Random): Buffer {
  const { opcode = TEXT, fin = true, rsv = 0, masked = true } = frame;
  const payload = Buffer.from(frame.payload ?? '');
  const announced = BigInt(frame.announced ?? payload.length);
  const lengthBytes = frame.lengthBytes ?? (announced < 126n ? 1 : announced < 65_536n ? 2 : 8);
  const header = Buffer.alloc(1 + (lengthBytes === 1 ? 1 : 1 + lengthBytes));
  header.writeUInt8((fin ? 0x80 : 0) | (rsv << 4) | opcode, 0);
  const mask = masked ? 0x80 : 0;
  if (lengthBytes === 1) header.writeUInt8(mask | Number(announced & 0x7fn), 1);
  else {
    header.writeUInt8(mask | (lengthBytes === 2 ? 126 : 127), 1);
    if (lengthBytes === 2) header.writeUInt16BE(Number(announced & 0xffffn), 2);
    else header.writeBigUInt64BE(BigInt.asUintN(64, announced), 2);
  }
  if (!masked) return Buffer.concat([header, payload]);
  const key = random.bytes(4);
  const hidden = Buffer.from(payload);
  for (let at = 0; at < hidden.length; at += 1) hidden[at] = (hidden[at] ?? 0) ^ (key[at % 4] ?? 0);
  return Buffer.concat([header, key, hidden]);
}

/** The payload of a close frame. */
export function closePayload(code: number, reason: Buffer | string = ''): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}

/** A frame of a server: whole, unmasked, never longer than this test lets it become. */
export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** The whole frames in what a server sent after its handshake. */
export function readServerFrames(bytes: Buffer): readonly ServerFrame[] {
  const frames: ServerFrame[] = [];
  for (let at = 0; bytes.length >= at + 2; ) {
    const short = bytes.readUInt8(at + 1) & 0x7f;
    const headerBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < at + headerBytes) break;
    const length =
      short < 126
        ? short
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2));
    const end = at + headerBytes + length;
    if (bytes.length < end) break;
    frames.push({ opcode: bytes.readUInt8(at) & 0x0f, payload: bytes.subarray(at + headerBytes, end) });
    at = end;
  }
  return frames;
}

/** The code of the close frame among them; 1005: it had none. Undefined: there is no close frame. */
export function closeCodeIn(frames: readonly ServerFrame[]): number | undefined {
  const close = frames.find(({ opcode }) => opcode === CLOSE);
  if (close === undefined) return undefined;
  return close.payload.length < 2 ? 1005 : close.payload.readUInt16BE(0);
}

/** The request that opens a WebSocket, with headers added or replaced; null takes one away. */
export function upgradeRequest(
  port: number,
  changes: Readonly<Record<string, string | null>> = {},
  line = 'GET / HTTP/1.1',
): string {
  const headers = new Map<string, string | null>([
    ['Host', `127.0.0.1:${port}`],
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ]);
  for (const [name, value] of Object.entries(changes)) headers.set(name, value);
  const lines = [...headers]
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line}\r\n${lines.join('')}\r\n`;
}
