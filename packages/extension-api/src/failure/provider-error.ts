import type { ProviderFailure } from '../model-provider.ts';

/** An error that already is in the kernel's words. Throw it, or send it as an `error` part. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  /** What {@link classifyFailure} answers for this error. */
  readonly failure: ProviderFailure;

  constructor(failure: ProviderFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** The stream ended without its terminal event. What was received stands; nobody knows what is missing. */
export function truncated(cause?: unknown): ProviderError {
  return new ProviderError(
    {
      code: 'response-truncated',
      message: 'The connection to the model broke off before its answer was complete.',
      retryable: true,
    },
    { cause },
  );
}

/** The answer is not in the provider's format. `detail` is a clause of ours, never the provider's text. */
export function malformed(detail: string, retryable = true): ProviderError {
  return new ProviderError({
    code: 'response-malformed',
    message: `The model's answer cannot be read: ${detail}.`,
    retryable,
  });
}
