import type { Topic } from './frames.ts';

const PREFIX = 'turn:';

/** The topic that carries every `chat.delta` of a conversation. */
export function turnTopic(conversationId: string): Topic {
  return `${PREFIX}${conversationId}`;
}

/** The conversation of a turn topic. */
export function conversationOfTopic(topic: Topic): string {
  return topic.slice(PREFIX.length);
}
