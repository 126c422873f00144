import type { MessageQueues } from '../message-queues.ts';

/** Nothing waits anywhere. */
export const NO_QUEUES: MessageQueues = {
  of: async () => ({ messages: [], held: false }),
  change: async () => 'gone',
  remove: async () => false,
};
