import { encodeFrame, type LinkConnFrame, type LinkTopicFrame, type LinkUsersFrame } from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import type { Log } from '../ports.ts';

/** A frame for clients as bytes for any number of links. One that is too large is replaced by an error that says so. */
export function encodeShared(shared: LinkTopicFrame | LinkConnFrame | LinkUsersFrame, log: Log): Buffer {
  try {
    return encodeFrame(shared);
  } catch (error) {
    log.error({ err: error, type: shared.frame.type }, 'a frame could not be encoded');
    return encodeFrame({ ...shared, frame: tooLarge(shared.frame) });
  }
}

/** What a watcher is told in the place of a frame that does not fit on a link. */
function tooLarge(frame: WsServerMessage): WsServerMessage {
  const conversationId = frame.type === 'chat.delta' ? frame.event.conversationId : undefined;
  return {
    type: 'chat.error',
    ...(conversationId === undefined ? {} : { conversationId }),
    message: 'an event is too large to be sent; it is in the history once the turn is sealed',
    code: 'frame-too-large',
    retryable: false,
  };
}
