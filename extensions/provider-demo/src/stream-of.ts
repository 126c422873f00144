import type { LanguageModelV3StreamPart } from '@ai-sdk/provider';

/** Parts as a stream that is written no faster than it is read, and that an abort ends at once with its reason. */
export function streamOf(
  parts: AsyncGenerator<LanguageModelV3StreamPart>,
  signal: AbortSignal | undefined,
): ReadableStream<LanguageModelV3StreamPart> {
  let onAbort = () => {};
  const settle = () => signal?.removeEventListener('abort', onAbort);
  return new ReadableStream<LanguageModelV3StreamPart>(
    {
      start(controller) {
        onAbort = () => controller.error(signal?.reason);
        signal?.addEventListener('abort', onAbort, { once: true });
      },
      async pull(controller) {
        const next = await parts.next();
        if (signal?.aborted === true) return;
        if (next.done === true) {
          settle();
          controller.close();
        } else {
          controller.enqueue(next.value);
        }
      },
      async cancel() {
        settle();
        await parts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
