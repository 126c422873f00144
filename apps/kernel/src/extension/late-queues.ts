import { HostError, type MessageQueues } from '@dispatch/extension-api';
import type { MessageQueue } from '../queue/message-queue.ts';

/** Queues that are not there yet: turns come with tools, and tools with extensions, which may ask only once all are activated. */
export interface LateQueues extends MessageQueues {
  begin(queue: MessageQueue): void;
}

export function lateQueues(): LateQueues {
  let queue: MessageQueue | undefined;
  const now = (): MessageQueue => {
    if (queue === undefined) throw new Error('queues can be asked once every extension is activated');
    return queue;
  };
  return {
    begin(real) {
      queue = real;
    },
    async of(conversationId) {
      const { messages, held } = await now().of(conversationId);
      const told = messages.map(({ conversationId: _, position: __, ...message }) => message);
      return { messages: told, held };
    },
    async change(change) {
      const { kind } = await now().change(change);
      switch (kind) {
        case 'changed':
        case 'started':
          return kind;
        case 'not-found':
          return 'gone';
        case 'queue-full':
          return 'too-much';
        case 'damaged':
        case 'draining':
          return 'not-started';
        case 'full':
        case 'key-mismatch':
          throw noRoom();
        default:
          return kind satisfies never;
      }
    },
    async remove({ userId, conversationId, messageId }) {
      const removed = await now().remove(userId, conversationId, messageId);
      if (removed === 'full') throw noRoom();
      return removed;
    },
  };
}

function noRoom(): HostError {
  return new HostError('storage-full', 'the disk is full; nothing was stored');
}
