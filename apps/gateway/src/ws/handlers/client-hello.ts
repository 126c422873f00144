import type { ClientHelloMessage } from '@dispatch/transport-contract';
import { DONE, type FrameHandler } from '../frame-handler.ts';

/** What a client says about itself. Only the tab it is changes anything yet: no capability of this version needs its consent. */
export const clientHello: FrameHandler<ClientHelloMessage> = ({ tab }, { connection, services }) => {
  if (tab !== undefined) services.tabs.claim(connection, tab);
  return DONE;
};
