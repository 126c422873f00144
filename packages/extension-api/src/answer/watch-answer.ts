import { connectionFailure } from '../failure/connection-failure.ts';
import { malformed, ProviderError, truncated } from '../failure/provider-error.ts';
import { bounded, refusedInBand } from './bounded-body.ts';
import { dataOf, LineCutter } from './sse-lines.ts';

/** How to read one format's event stream. */
export interface AnswerFormat {
  /** Whether this `data` value is the terminal event: nothing behind it belongs to the answer. */
  isTerminal(data: string): boolean;
  /**
   * Whether this `data` value says that the model has finished: a response that comes to its own end behind it is whole without the terminal
   * event, one that is cut off is not. Absent: only the terminal event makes an answer whole.
   */
  isEnding?(data: string): boolean;
  /** May replace a `data` value before the library parses it; undefined leaves the event out. Absent: all pass as they are. */
  rewrite?(data: string): string | undefined;
}

/** What went by while a library parsed one streamed answer. One watch serves one request. */
export interface AnswerWatch {
  /** To be given to the library as its `fetch`. */
  readonly fetch: typeof globalThis.fetch;
  /** Whether the answer came whole. */
  isComplete(): boolean;
  /** Lets go of the connection, for whoever will not read the answer: some libraries keep it when its first event is an error. */
  close(): void;
  /** Why the bytes ended early: a broken connection, an endless line. Undefined: they did not, or they just stopped. */
  failure(): ProviderError | undefined;
  /** Called for each event that came, also for those that the library makes nothing of. The last listener counts. */
  onEvent(listener: () => void): void;
}

/** Characters; the largest single events seen are whole tool calls of servers that do not split them. */
const EVENT_LIMIT = 8 * 1024 * 1024;
/**
 * Bytes of one answer. The longest answers of today have some 60 million, nearly all of it what stands around each word; behind this bound
 * it is an answer that never ends and that a library may be gathering without anybody seeing a part of it.
 */
const ANSWER_LIMIT = 256 * 1024 * 1024;
const TOO_LONG = malformed('one of its events is too long');
/** How long a connection may stay open behind a complete answer, and how much it may still send. */
const TAIL_MS = 1_000;
const TAIL_BYTES = 64 * 1024;

/**
 * Stands between the network and a library that parses event streams. A connection that breaks ends the bytes quietly, so that
 * the library hands on every complete event it has; the reason is kept for {@link guardAnswer}. Redirects are not followed:
 * they would carry the key elsewhere.
 */
export function watchAnswer(format: AnswerFormat): AnswerWatch {
  let complete = false;
  let ending = false;
  let failure: ProviderError | undefined;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let listener = () => {};

  const sieve = (line: string): string | undefined => {
    const data = dataOf(line);
    if (data === undefined) return line;
    listener();
    if (format.isTerminal(data)) complete = true;
    else if (format.isEnding?.(data) === true) ending = true;
    const kept = format.rewrite === undefined ? data : format.rewrite(data);
    return kept === undefined ? undefined : `data: ${kept}`;
  };

  return {
    fetch: async (input, init) => {
      const response = await globalThis.fetch(input, { ...init, redirect: 'manual' });
      if (!response.ok) return bounded(response);
      const type = response.headers.get('content-type') ?? '';
      if (/json/i.test(type)) return await refusedInBand(response);
      if (/html/i.test(type)) {
        await response.body?.cancel();
        throw malformed('the server sent a web page; check the base URL', false);
      }
      if (response.body === null) throw truncated();
      reader = response.body.getReader();
      const body = watchedBody(reader, {
        sieve,
        isComplete: () => complete,
        mayEnd: () => ending,
        endsWhole: () => {
          complete ||= ending && failure === undefined;
          return complete;
        },
        fail: (error) => {
          failure = error;
        },
        signal: init?.signal ?? undefined,
      });
      return new Response(body, { status: response.status, headers: response.headers });
    },
    isComplete: () => complete,
    close: () => void reader?.cancel().catch(() => {}),
    failure: () => failure,
    onEvent: (next) => {
      listener = next;
    },
  };
}

interface Watching {
  sieve(line: string): string | undefined;
  isComplete(): boolean;
  /** Whether the answer is whole should the bytes end by themselves. */
  mayEnd(): boolean;
  /** Whether the answer is whole now that the bytes have ended. */
  endsWhole(): boolean;
  fail(error: ProviderError): void;
  readonly signal: AbortSignal | undefined;
}

/** What the library gets of some bytes, and why it gets no more. */
interface Sifted {
  readonly text: string;
  readonly refusal?: ProviderError;
}

function watchedBody(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  watching: Watching,
): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const lines = new LineCutter();
  let answerBytes = 0;
  /** Of the event that is not over yet: a library keeps all its lines. */
  let eventLength = 0;

  const sifted = (whole: readonly string[]): Sifted => {
    let text = '';
    for (const line of whole) {
      eventLength = line === '' ? 0 : eventLength + line.length;
      if (eventLength > EVENT_LIMIT) return { text, refusal: TOO_LONG };
      try {
        const kept = watching.sieve(line);
        if (kept !== undefined) text += `${kept}\n`;
      } catch {
        return { text, refusal: malformed('one of its events cannot be taken apart') };
      }
      // The blank line that ends the terminal event may never come.
      if (watching.isComplete()) return { text: `${text}\n` };
    }
    return eventLength + lines.pendingLength > EVENT_LIMIT ? { text, refusal: TOO_LONG } : { text };
  };

  const next = (bytes: Uint8Array): Sifted => {
    answerBytes += bytes.byteLength;
    const { text, refusal } = sifted(lines.feed(decoder.decode(bytes, { stream: true })));
    if (refusal !== undefined) return { text, refusal };
    return answerBytes > ANSWER_LIMIT ? { text, refusal: malformed('it does not end', false) } : { text };
  };

  const last = (): Sifted => {
    const wasWhole = watching.mayEnd();
    const rest = sifted([...lines.feed(decoder.decode()), lines.rest()]);
    if (watching.isComplete()) return rest;
    // A last line that was cut may stand behind a whole answer; one that makes it whole needs the blank line that never came.
    return { text: watching.endsWhole() ? `${wasWhole ? '' : rest.text}\n` : '' };
  };

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const end = (text: string) => {
          if (text !== '') controller.enqueue(encoder.encode(text));
          controller.close();
        };
        for (;;) {
          const bytes = await read(reader, watching);
          const { text, refusal } = bytes === undefined ? last() : next(bytes);
          if (refusal !== undefined) {
            watching.fail(refusal);
            reader.cancel().catch(() => {});
            return end(text);
          }
          if (bytes === undefined) return end(text);
          if (watching.isComplete()) {
            void letEnd(reader);
            return end(text);
          }
          if (text !== '') return controller.enqueue(encoder.encode(text));
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/**
 * Lets the connection of a complete answer come to its own end, so that it can be used again; one that does not end soon is closed.
 * Nobody waits for it, and how it ends is nobody's concern.
 */
async function letEnd(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const late = AbortSignal.timeout(TAIL_MS);
  const close = () => void reader.cancel().catch(() => {});
  late.addEventListener('abort', close, { once: true });
  try {
    for (let bytes = 0; bytes < TAIL_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.byteLength;
    }
    close();
  } catch {
    // The answer is complete.
  } finally {
    late.removeEventListener('abort', close);
  }
}

/** Undefined: no more bytes, for whatever reason; only an abort is an exception. */
async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  watching: Watching,
): Promise<Uint8Array | undefined> {
  try {
    const { done, value } = await reader.read();
    return done ? undefined : value;
  } catch (error) {
    if (watching.signal?.aborted === true) throw error;
    const stalled = connectionFailure(error)?.code === 'provider-stalled';
    const failure = stalled ? connectionFailure(error) : undefined;
    watching.fail(failure === undefined ? truncated(error) : new ProviderError(failure, { cause: error }));
    return undefined;
  }
}
