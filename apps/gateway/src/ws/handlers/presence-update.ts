import type { ClientPresenceUpdateMessage } from '@dispatch/transport-contract';
import { setStatus } from '../../link/set-status.ts';
import { DONE, type FrameHandler } from '../frame-handler.ts';

/** The deprecated alias of `presence.status`: its text counts, its bit does not. */
export const presenceUpdate: FrameHandler<ClientPresenceUpdateMessage> = async (frame, context) => {
  const { connection, services, requestId } = context;
  connection.deprecated(frame.type, requestId);
  if (frame.statusText === undefined) return DONE;
  const { kernel } = services;
  const refusal = await setStatus(kernel.rpc, connection.principal, frame.statusText, requestId);
  return refusal === undefined ? DONE : { refusal };
};
