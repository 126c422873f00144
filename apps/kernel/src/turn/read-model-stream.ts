import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3StreamPart,
  LanguageModelV3StreamResult,
} from '@ai-sdk/provider';
import { crashPoint } from '../crash-point.ts';
import type { Clock } from '../ports.ts';
import type { TurnLimits } from './ceilings.ts';

/** A timer this late means that the whole process stood still, and what the provider sent meanwhile is still unread. */
const LATE_MS = 1_000;

/** The provider was silent for longer than the limit. */
export class ProviderStalled extends Error {
  readonly silentMs: number;

  constructor(silentMs: number) {
    super(`nothing came for ${silentMs} ms`);
    this.name = 'ProviderStalled';
    this.silentMs = silentMs;
  }
}

export interface ReadModelStream {
  readonly model: LanguageModelV3;
  readonly options: Omit<LanguageModelV3CallOptions, 'abortSignal'>;
  readonly clock: Clock;
  readonly limits: Pick<TurnLimits, 'firstByteMs' | 'idleMs'>;
  readonly signal: AbortSignal;
}

/**
 * The parts of one answer. Throws what the provider threw, {@link ProviderStalled}, or the signal's reason; in each case, and when the reader stops
 * early, the connection is cut, even if the provider does not listen to its own abort signal. Behind the `finish` part nothing is read.
 */
export async function* readModelStream(
  read: ReadModelStream,
): AsyncGenerator<LanguageModelV3StreamPart, void> {
  const { model, options, clock, limits, signal } = read;
  const attempt = new AbortController();
  let reader: ReadableStreamDefaultReader<LanguageModelV3StreamPart> | undefined;
  let finished = false;

  const cut = (reason: unknown) => {
    attempt.abort(reason);
    reader?.cancel(reason).catch(() => {});
  };
  const silence = watchSilence(clock, limits.firstByteMs, (silentMs) => cut(new ProviderStalled(silentMs)));
  const onStop = () => cut(signal.reason);
  signal.addEventListener('abort', onStop, { once: true });
  try {
    if (signal.aborted) onStop();
    const { stream } = await open(model, { ...options, abortSignal: attempt.signal });
    reader = stream.getReader();
    for (;;) {
      silence.watch();
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw attempt.signal.aborted ? attempt.signal.reason : error;
      });
      silence.pause();
      if (attempt.signal.aborted) throw attempt.signal.reason;
      if (done) return;
      // Adapters announce a stream before the first byte of it.
      if (value.type !== 'stream-start') silence.allow(limits.idleMs);
      if (value.type === 'finish') finished = true;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', onStop);
    silence.stop();
    // A finished answer is let go of, not aborted: its provider may still bring the connection to its end, so that it can be used again.
    if (finished && !attempt.signal.aborted) reader?.cancel().catch(() => {});
    else cut(new Error('the rest of the answer is not wanted'));
  }
}

/** Starts the request; gives up at once when the signal aborts, and closes a stream that comes too late. */
function open(
  model: LanguageModelV3,
  options: LanguageModelV3CallOptions & { readonly abortSignal: AbortSignal },
): Promise<LanguageModelV3StreamResult> {
  const { abortSignal } = options;
  return new Promise((resolve, reject) => {
    const give = () => reject(abortSignal.reason);
    if (abortSignal.aborted) return give();
    abortSignal.addEventListener('abort', give, { once: true });
    crashPoint('before-provider-request');
    Promise.resolve(model.doStream(options)).then(
      (result) => {
        crashPoint('after-provider-request');
        abortSignal.removeEventListener('abort', give);
        if (abortSignal.aborted) result.stream.cancel(abortSignal.reason).catch(() => {});
        resolve(result);
      },
      (error: unknown) => {
        abortSignal.removeEventListener('abort', give);
        reject(abortSignal.aborted ? abortSignal.reason : error);
      },
    );
  });
}

/** Calls back when nothing came for too long while somebody was waiting. One timer, however many parts. */
function watchSilence(clock: Clock, firstMs: number, onSilence: (silentMs: number) => void) {
  let allowedMs = firstMs;
  let since = clock.mono();
  let waiting = true;
  let cancel = () => {};
  const arm = (ms: number) => {
    const due = clock.mono() + ms;
    cancel = clock.after(ms, () => {
      const now = clock.mono();
      if (now - due > LATE_MS) since = now;
      const silentMs = now - since;
      if (!waiting) arm(allowedMs);
      else if (silentMs >= allowedMs) onSilence(allowedMs);
      else arm(allowedMs - silentMs);
    });
  };
  arm(firstMs);
  return {
    allow(ms: number) {
      if (ms === allowedMs) return;
      allowedMs = ms;
      cancel();
      arm(ms);
    },
    watch() {
      if (waiting) return;
      waiting = true;
      since = clock.mono();
    },
    pause() {
      waiting = false;
    },
    stop: () => cancel(),
  };
}
