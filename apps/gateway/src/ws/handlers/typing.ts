import type { TypingStartMessage, TypingStopMessage } from '@dispatch/transport-contract';
import { refuse } from '../../refusal.ts';
import type { FrameHandler } from '../frame-handler.ts';

/** Typing, start or stop. There are no channels yet, so each one is unknown; it is counted all the same. */
export const typing: FrameHandler<TypingStartMessage | TypingStopMessage> = (_frame, context) => {
  const { connection, services } = context;
  const retryAfterMs = services.typing.of(connection.principal.userId).take();
  if (retryAfterMs !== undefined) {
    services.metrics.limited('typing');
    return { refusal: { ...refuse('rate-limited', 'You type too fast to be shown.'), retryAfterMs } };
  }
  return { refusal: refuse('not-found', 'There is no such channel.') };
};
