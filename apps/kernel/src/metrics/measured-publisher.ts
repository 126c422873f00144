import type { Publisher } from '../ports.ts';
import type { KernelMetrics } from './kernel-metrics.ts';

/** The publisher, with the end of each turn told. */
export function measuredPublisher(
  publisher: Publisher,
  metrics: Pick<KernelMetrics, 'turnEnded'>,
): Publisher {
  return {
    publish(conversationId, frame) {
      publisher.publish(conversationId, frame);
      if (frame.type === 'chat.delta' && frame.event.type === 'done') metrics.turnEnded(frame.event.reason);
    },
  };
}
