import type { PingMessage } from '@dispatch/transport-contract';
import { DONE, type FrameHandler } from '../frame-handler.ts';

export const ping: FrameHandler<PingMessage> = (_frame, { connection, services }) => {
  connection.send({ type: 'pong', t: services.clock.wall() });
  return DONE;
};
