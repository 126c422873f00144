import type { TurnCursor } from '@dispatch/link';
import type { ChatSubscribeMessage } from '@dispatch/transport-contract';
import { type Refusal, refuse } from '../../refusal.ts';
import { WATCH_CAP } from '../chat-watches.ts';
import { DONE, type FrameHandler } from '../frame-handler.ts';

export const tooManyWatches: Refusal = refuse(
  'invalid-request',
  `One socket watches ${WATCH_CAP} conversations and surfaces at most.`,
  'Unsubscribe from those that are not on screen.',
);

/** Watches a conversation. A second one on the same socket changes nothing and replays nothing. */
export const chatSubscribe: FrameHandler<ChatSubscribeMessage> = (frame, { connection }) => {
  const { chats } = connection;
  if (connection.watchesMost && !chats.has(frame.conversationId)) return { refusal: tooManyWatches };
  const { watched } = chats.open(frame.conversationId, cursorOf(frame));
  // Only who asked to be told has to wait for it.
  return frame.id === undefined ? DONE : watched.then(() => DONE);
};

/** A turn without an index is asked for from its start. */
function cursorOf({ turnId, after }: ChatSubscribeMessage): TurnCursor | undefined {
  if (turnId !== undefined) return { turnId, n: after ?? -1 };
  return after === undefined ? undefined : { n: after };
}
