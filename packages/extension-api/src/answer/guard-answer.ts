import type { LanguageModelV3StreamPart, LanguageModelV3Usage } from '@ai-sdk/provider';
import { InvalidResponseDataError } from '@ai-sdk/provider';
import { ProviderError, truncated } from '../failure/provider-error.ts';
import { possibleUsage } from './possible-usage.ts';
import type { AnswerWatch } from './watch-answer.ts';

/** How one answer is guarded. */
export interface AnswerGuard {
  readonly watch: AnswerWatch;
  /** Of the call. Its abort ends the parts at once, with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Corrects what the library made of the usage. Absent: it stands. Counts that cannot be are dropped either way. */
  usage?(usage: LanguageModelV3Usage): LanguageModelV3Usage;
  /**
   * True when the library makes tool calls only once the bytes have ended, whole or not: those of an answer that is cut are then left out.
   * Absent: it gives each call when that call is complete.
   */
  readonly callsAtEnd?: boolean;
}

/** How long events that the library makes nothing of stay untold. */
const QUIET_MS = 1_000;

/**
 * Makes the parts of an answer end in exactly one way: with one `finish`, or with one `error` part and nothing behind it. An answer
 * whose terminal event never came ends in an `error` of class `response-truncated` (or what else cut it), and tool calls that a library
 * makes of unfinished input are left out. Only an abort makes reading reject, with the signal's reason.
 *
 * While a model sends events that its library gives no parts for, a `raw` part without content is given now and then (at most one in
 * {@link QUIET_MS}), so that silence can be told from work that does not show.
 */
export function guardAnswer(
  parts: ReadableStream<LanguageModelV3StreamPart>,
  guard: AnswerGuard,
): ReadableStream<LanguageModelV3StreamPart> {
  const reader = parts.getReader();
  const { watch, signal } = guard;
  let onAbort = () => {};
  let quiet = AbortSignal.timeout(QUIET_MS);
  let hadPart = false;
  const settle = () => {
    signal?.removeEventListener('abort', onAbort);
    watch.onEvent(() => {});
  };

  return new ReadableStream<LanguageModelV3StreamPart>(
    {
      start(controller) {
        watch.onEvent(() => {
          if (!quiet.aborted) return;
          quiet = AbortSignal.timeout(QUIET_MS);
          if (!hadPart) controller.enqueue({ type: 'raw', rawValue: undefined });
          hadPart = false;
        });
        onAbort = () => {
          settle();
          controller.error(signal?.reason);
          release(reader, signal?.reason);
        };
        if (signal?.aborted === true) onAbort();
        else signal?.addEventListener('abort', onAbort, { once: true });
      },
      async pull(controller) {
        const end = (part: LanguageModelV3StreamPart) => {
          settle();
          controller.enqueue(part);
          controller.close();
          release(reader);
        };
        for (;;) {
          const next = await reader.read().catch((error: unknown) => ({ error }));
          if (signal?.aborted === true) return;
          if ('error' in next) return end({ type: 'error', error: watch.failure() ?? next.error });
          const part = next.value;
          if (part === undefined) return end({ type: 'error', error: watch.failure() ?? truncated() });
          if (part.type === 'error') return end({ type: 'error', error: causeOf(part.error, watch) });
          if (part.type === 'finish') return end(finished(part, guard));
          if (part.type === 'tool-call' && guard.callsAtEnd === true && !watch.isComplete()) continue;
          hadPart = true;
          return controller.enqueue(part);
        }
      },
      cancel(reason) {
        settle();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Closes the connection. Whatever comes of that interests nobody any more. */
function release(reader: ReadableStreamDefaultReader<LanguageModelV3StreamPart>, reason?: unknown): void {
  reader.cancel(reason).catch(() => {});
}

/** A library that complains about a missing end saw the same cut that we know the reason of. */
function causeOf(error: unknown, watch: AnswerWatch): unknown {
  if (watch.isComplete() || !InvalidResponseDataError.isInstance(error)) return error;
  return watch.failure() ?? truncated(error);
}

const STOPPED: LanguageModelV3StreamPart = {
  type: 'error',
  error: new ProviderError({
    code: 'provider-error',
    message: 'The model stopped because of an error at its provider.',
    retryable: true,
  }),
};

type Finish = Extract<LanguageModelV3StreamPart, { type: 'finish' }>;

function finished(part: Finish, guard: AnswerGuard): LanguageModelV3StreamPart {
  if (!guard.watch.isComplete()) return { type: 'error', error: guard.watch.failure() ?? truncated() };
  if (part.finishReason.unified === 'error' || part.finishReason.raw === 'error') return STOPPED;
  const usage = guard.usage === undefined ? part.usage : guard.usage(part.usage);
  return { ...part, usage: possibleUsage(usage) };
}
