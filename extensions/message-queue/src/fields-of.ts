import { button, custom, type QueuedMessage, type QueuedMessages, stat } from '@dispatch/extension-api';
import {
  MESSAGE_QUEUE_ACTIONS,
  MESSAGE_QUEUE_LABELS,
  MESSAGE_QUEUE_RENDERER_ID,
  type MessageQueuePayload,
  NO_CONVERSATION,
  type QueuedMessageItem,
} from '@dispatch/surface-message-queue';
import type { SurfaceField } from '@dispatch/ui-contract';

/** Characters of all messages together that are shown: what they become as JSON fits into a surface. */
const SHOWN_CHARACTERS = 150_000;

export const WITHOUT_CONVERSATION: readonly SurfaceField[] = [
  stat(NO_CONVERSATION.label, NO_CONVERSATION.value),
];

/** The rows of the surface of a conversation. */
export function fieldsOf({ messages, held }: QueuedMessages): readonly SurfaceField[] {
  const room = Math.floor(SHOWN_CHARACTERS / Math.max(1, messages.length));
  const items = messages.map((message) => itemOf(message, room));
  return [
    stat(MESSAGE_QUEUE_LABELS.waiting, `${messages.length}${held ? ', held' : ''}`),
    custom<MessageQueuePayload>(MESSAGE_QUEUE_RENDERER_ID, { messages: items, held }),
    ...(held ? [button(MESSAGE_QUEUE_LABELS.sendNext, MESSAGE_QUEUE_ACTIONS.promote)] : []),
  ];
}

function itemOf({ text, ...rest }: QueuedMessage, room: number): QueuedMessageItem {
  if (text.length <= room) return { ...rest, text };
  // Half of a surrogate pair is no text.
  return { ...rest, text: text.slice(0, room).replace(/[\ud800-\udbff]$/, ''), cut: true };
}
