import type { ClientPingMessage } from '@dispatch/transport-contract';
import { DONE, type FrameHandler } from '../frame-handler.ts';

export const ping: FrameHandler<ClientPingMessage> = (_frame, { connection, services }) => {
  connection.send({ type: 'pong', t: services.clock.wall() });
  return DONE;
};
