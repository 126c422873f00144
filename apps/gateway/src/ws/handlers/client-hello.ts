import type { ClientHelloMessage } from '@dispatch/transport-contract';
import { DONE, type FrameHandler } from '../frame-handler.ts';

/** What a client says about itself changes nothing yet: no capability of this version needs its consent. */
export const clientHello: FrameHandler<ClientHelloMessage> = () => DONE;
