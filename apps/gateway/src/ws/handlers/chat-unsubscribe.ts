import type { ChatUnsubscribeMessage } from '@dispatch/transport-contract';
import { DONE, type FrameHandler } from '../frame-handler.ts';

/** Stops watching; the turn goes on. */
export const chatUnsubscribe: FrameHandler<ChatUnsubscribeMessage> = (frame, { connection }) => {
  connection.chats.close(frame.conversationId);
  return DONE;
};
