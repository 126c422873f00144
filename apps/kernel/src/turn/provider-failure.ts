import type { ProviderFailure, ProviderFailureCode } from '@dispatch/extension-api';
import type { Ids, ResolvedModel } from '../ports.ts';
import type { TurnLimits } from './ceilings.ts';
import { cutText } from './prompt-text.ts';
import { ProviderStalled } from './read-model-stream.ts';

/** The stream ended without its terminal event. */
export class AnswerTruncated extends Error {
  constructor() {
    super('the stream ended without its terminal event');
    this.name = 'AnswerTruncated';
  }
}

/** The provider itself says that its answer failed, without saying how. */
export class AnswerFailed extends Error {
  constructor() {
    super('the answer ended with the finish reason "error"');
    this.name = 'AnswerFailed';
  }
}

/** Failures that the same request to the same model meets again. */
const HOPELESS: ReadonlySet<ProviderFailureCode> = new Set([
  'quota-exhausted',
  'authentication-failed',
  'request-rejected',
  'context-too-long',
  'unknown-model',
]);

/** What happened to a request, in the kernel's words. Never throws, whatever the provider's own code does. */
export function classifyFailure(error: unknown, resolved: ResolvedModel): ProviderFailure {
  if (error instanceof ProviderStalled) {
    const seconds = Math.round(error.silentMs / 1_000);
    return { code: 'provider-stalled', message: `The model sent nothing for ${seconds} s.`, retryable: true };
  }
  if (error instanceof AnswerTruncated) {
    return { code: 'response-truncated', message: 'The model broke off its answer.', retryable: true };
  }
  if (error instanceof AnswerFailed) {
    return { code: 'provider-error', message: 'The model reported that its answer failed.', retryable: true };
  }
  try {
    return resolved.classify(error);
  } catch {
    return { code: 'provider-error', message: 'The model could not answer.', retryable: false };
  }
}

export function unknownModel(name: string): ProviderFailure {
  return {
    code: 'unknown-model',
    message: `Nobody provides the model "${cutText(name, 120)}".`,
    retryable: false,
  };
}

/** Whether asking the same model again can help. */
export function mayRetry(failure: ProviderFailure): boolean {
  return failure.retryable && !HOPELESS.has(failure.code);
}

/** How long to wait before the retry with this 0-based index: what the provider asked for, else full jitter under a doubling bound. */
export function retryDelayMs(failure: ProviderFailure, retry: number, limits: TurnLimits, ids: Ids): number {
  if (failure.retryAfterMs !== undefined && failure.retryAfterMs >= 0) {
    return Math.min(failure.retryAfterMs, limits.retryAfterCapMs);
  }
  return Math.round(ids.fraction() * limits.retryBaseMs * 2 ** retry);
}
