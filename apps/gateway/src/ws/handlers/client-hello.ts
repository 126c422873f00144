import type { ClientHelloMessage } from '@dispatch/transport-contract';
import { DONE, type FrameHandler } from '../frame-handler.ts';

/** Of what a client says about itself only `batch` changes anything. It is not taken back. */
export const clientHello: FrameHandler<ClientHelloMessage> = ({ capabilities }, { connection }) => {
  if (capabilities?.includes('batch')) connection.batch();
  return DONE;
};
