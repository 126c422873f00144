import type { PresenceStatusMessage } from '@dispatch/transport-contract';
import { setStatus } from '../../link/set-status.ts';
import { DONE, type FrameHandler } from '../frame-handler.ts';

/** Sets the text of whoever is connected; nothing else of presence is a client's to set. */
export const presenceStatus: FrameHandler<PresenceStatusMessage> = async (frame, context) => {
  const { connection, services, requestId } = context;
  const { kernel } = services;
  const refusal = await setStatus(kernel.rpc, connection.principal, frame.statusText, requestId);
  return refusal === undefined ? DONE : { refusal };
};
