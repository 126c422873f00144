import type { Random } from '../random.ts';

/** How the bytes of an answer come in. */
export interface Delivery {
  /** Lengths of the pieces; the last one takes the rest. Empty: all at once. */
  readonly pieces: readonly number[];
  /** What is behind them: the response's own end, a break, or silence. */
  readonly ending: 'end' | 'break' | 'hang';
  readonly status: number;
  readonly contentType: string | undefined;
}

/** An answer on its way. */
export interface Delivered {
  readonly response: Response;
  /** Whether nobody holds the connection any more: read to its end, broken, or cancelled. */
  isReleased(): boolean;
  /** What an abort of the request does to it. */
  abort(reason: unknown): void;
}

export function delivered(bytes: Buffer, { pieces, ending, status, contentType }: Delivery): Delivered {
  let released = false;
  let abort = (_: unknown): void => undefined;
  const chunks = cutInto(bytes, pieces);
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        abort = (reason) => {
          released = true;
          controller.error(reason);
        };
      },
      pull(controller) {
        const next = chunks.shift();
        if (next !== undefined) return controller.enqueue(next);
        if (ending === 'hang') return new Promise<void>(() => undefined);
        released = true;
        if (ending === 'end') return controller.close();
        controller.error(
          new TypeError('terminated', { cause: Object.assign(new Error('x'), { code: 'UND_ERR_SOCKET' }) }),
        );
      },
      cancel() {
        released = true;
      },
    },
    { highWaterMark: 0 },
  );
  const headers = contentType === undefined ? {} : { 'content-type': contentType };
  const bodiless = status === 204 || status === 304;
  if (bodiless) released = true;
  return {
    response: new Response(bodiless ? null : body, { status, headers }),
    isReleased: () => released,
    abort,
  };
}

/** Mostly a few pieces; at times bytes one by one, at times all at once. */
export function chosenPieces(length: number, random: Random): readonly number[] {
  const way = random.integer(0, 9);
  if (way === 0) return [];
  const most = way <= 2 ? 1 : random.pick([3, 20, 200, 2_000]);
  const pieces: number[] = [];
  // A long stream one by one would only cost time.
  for (let at = 0; at < length && pieces.length < 400; ) {
    const size = random.integer(1, most);
    pieces.push(size);
    at += size;
  }
  return pieces;
}

function cutInto(bytes: Buffer, pieces: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const size of pieces) {
    if (at >= bytes.length) break;
    chunks.push(new Uint8Array(bytes.subarray(at, at + size)));
    at += size;
  }
  if (at < bytes.length) chunks.push(new Uint8Array(bytes.subarray(at)));
  return chunks;
}
