import { EnvelopeError, encodeFrame, FrameDecoder, parseLinkUpFrame } from '@dispatch/link';
import { hostileJson } from '../fuzz/hostile-values.ts';
import type { Attack } from '../harness.ts';
import { faultOfDecoder, faultOfUpFrame, meaningOf } from './check-codec.ts';
import { CAP_BYTES, codecInput, partsAt, randomParts } from './codec-inputs.ts';
import { brokenUpFrame, upFrame } from './up-frames.ts';

/** Up to this length every place to cut a stream in two is tried. */
const SHORT_STREAM = 40;
/** Inputs between two breaths, in which figures are printed and time is looked at. */
const BATCH = 2_000;
const SPLITS = 8;

/** Decodes generated streams in every way they can be cut, and encodes what may have no JSON form. */
export async function fuzzCodec(attack: Attack, inputs: number): Promise<void> {
  const { random, count, violation } = attack;
  for (let done = 0; done < inputs; ) {
    for (const batchEnd = done + BATCH; done < batchEnd; ) {
      const bytes = codecInput(random);
      const expected = meaningOf(bytes, CAP_BYTES);
      const splits =
        bytes.length <= SHORT_STREAM
          ? Array.from({ length: bytes.length + 1 }, (_, at) => partsAt(bytes, [at]))
          : Array.from({ length: SPLITS }, () => randomParts(bytes, random));
      done += splits.length;
      count('codec inputs', splits.length);
      if (expected.code !== undefined) count('codec errors', splits.length);
      for (const parts of splits) {
        const fault = faultOfDecoder(parts, expected, CAP_BYTES);
        if (fault === undefined) continue;
        const lengths = parts.map((part) => part.length).join(',');
        violation(`E9: ${fault}: ${bytes.toString('hex').slice(0, 400)} as ${lengths.slice(0, 200)}`);
        return;
      }
      checkUpFrames(attack);
      checkRoundTrip(attack);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Right frames are read as they are; wrong ones are refused or read, and never an exception. */
function checkUpFrames({ random, violation }: Attack): void {
  const frame = upFrame(random);
  if (parseLinkUpFrame(frame) === undefined)
    violation(`E9: a right frame is refused: ${JSON.stringify(frame)}`);
  const broken: unknown = parseOr(brokenUpFrame(random));
  const fault = faultOfUpFrame(broken);
  if (fault !== undefined) violation(`E9: ${fault}: ${JSON.stringify(broken).slice(0, 300)}`);
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Values a program might hand over by mistake: written, or refused in the codec's own words. */
function checkRoundTrip({ random, violation }: Attack): void {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const value = random.pick<() => object>([
    () => ({ value: hostileJson(random) }),
    () => ({ value: hostileJson(random) }),
    () => cyclic,
    () => ({ big: 1n }),
    () => () => undefined,
    () => ({ toJSON: () => undefined }),
    () => ({ text: 'é'.repeat(random.integer(CAP_BYTES / 2 - 20, CAP_BYTES / 2 + 20)) }),
    () => new Map([[1, 2]]),
    () => ({ half: '\ud800', number: Number.NaN }),
  ])();
  try {
    const frames: unknown[] = [];
    new FrameDecoder(CAP_BYTES).push(encodeFrame(value, CAP_BYTES), (frame) => frames.push(frame));
    if (JSON.stringify(frames) !== `[${JSON.stringify(value)}]`)
      violation('E9: a frame came back as another');
  } catch (error) {
    if (!(error instanceof EnvelopeError)) violation(`E9: encoding threw ${String(error)}`);
  }
}
