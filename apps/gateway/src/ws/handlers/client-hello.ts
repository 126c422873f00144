import type { ClientHelloMessage } from '@dispatch/transport-contract';
import { DONE, type FrameHandler } from '../frame-handler.ts';

/** Of what a client says about itself the tab it is and `batch` change something. Neither is taken back. */
export const clientHello: FrameHandler<ClientHelloMessage> = (frame, { connection, services }) => {
  const { tab, capabilities } = frame;
  if (capabilities?.includes('batch')) connection.batch();
  if (tab !== undefined) services.tabs.claim(connection, tab);
  return DONE;
};
