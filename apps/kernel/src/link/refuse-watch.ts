import { conversationOfTopic, type LinkWatchFrame, readSurfaceTopic } from '@dispatch/link';
import { ERRORS, type ErrorCode, type WsServerMessage } from '@dispatch/transport-contract';
import type { Outlet } from '../fanout/outlet.ts';

/** Ends a watch before it began: its connection is told why, in the same words whether or not there is such a topic. */
export function refuseWatch(outlet: Outlet, { conn, topic }: LinkWatchFrame, code: ErrorCode): void {
  const told = { code, message: ERRORS[code].meaning, retryable: false };
  const about = readSurfaceTopic(topic);
  const frame: WsServerMessage =
    about === undefined
      ? { type: 'chat.error', conversationId: conversationOfTopic(topic), ...told }
      : { type: 'error', surfaceId: about.surfaceId, ...told };
  outlet.send({ conn, topic, frame });
  outlet.send({ type: 'unwatched', conn, topic });
}
