import { isDeepStrictEqual } from 'node:util';
import { EnvelopeError, type EnvelopeErrorCode, FrameDecoder, parseLinkUpFrame } from '@dispatch/link';

/** Memory a decoder may take before it knows how large a frame is. */
const FIRST_BYTES = 4_096;

export interface Decoded {
  readonly frames: readonly unknown[];
  /** Absent: no error. */
  readonly code?: EnvelopeErrorCode;
}

/** What a stream means, written as plainly as it can be: the whole of it at once, one frame after the other. */
export function meaningOf(bytes: Buffer, capBytes: number): Decoded {
  const frames: unknown[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (length > capBytes) return { frames, code: 'frame-too-large' };
    if (at + 4 + length > bytes.length) break;
    const body = bytes.subarray(at + 4, at + 4 + length);
    const text = body.toString('utf8');
    // What is no UTF-8 does not come back as it was.
    if (!Buffer.from(text, 'utf8').equals(body)) return { frames, code: 'malformed-frame' };
    try {
      frames.push(JSON.parse(text));
    } catch {
      return { frames, code: 'malformed-frame' };
    }
    at += 4 + length;
  }
  return { frames };
}

/** What the decoder does wrong with these bytes in these parts; undefined: nothing. */
export function faultOfDecoder(
  parts: readonly Buffer[],
  expected: Decoded,
  capBytes: number,
): string | undefined {
  const decoder = new FrameDecoder(capBytes);
  const frames: unknown[] = [];
  let error: unknown;
  let given = 0;
  for (const part of parts) {
    given += part.length;
    try {
      decoder.push(part, (frame) => frames.push(frame));
      if (error !== undefined) return 'a decoder that failed went on';
    } catch (thrown) {
      if (!(thrown instanceof EnvelopeError)) return `it threw ${String(thrown)}`;
      if (error !== undefined && thrown !== error) return 'it failed in a second way';
      error = thrown;
    }
    if (decoder.heldBytes > Math.max(FIRST_BYTES, 2 * given)) {
      return `it holds ${decoder.heldBytes} bytes for ${given} that came`;
    }
  }
  const code = (error as EnvelopeError | undefined)?.code;
  if (code !== expected.code) return `it says ${code}, ${expected.code} is right`;
  if (!isDeepStrictEqual(frames, expected.frames)) return `it gave ${frames.length} frames, others were sent`;
  return frames.map(faultOfUpFrame).find((fault) => fault !== undefined);
}

/** What reading a decoded value as a gateway's frame does wrong; undefined: nothing. */
export function faultOfUpFrame(value: unknown): string | undefined {
  try {
    const frame = parseLinkUpFrame(value);
    if (frame === undefined) return undefined;
    if (!isDeepStrictEqual(parseLinkUpFrame(frame), frame)) return 'a frame that was read reads differently';
    return undefined;
  } catch (error) {
    return `reading a frame threw ${String(error)}`;
  }
}
