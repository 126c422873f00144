import type { UnsubscribeMessage } from '@dispatch/ui-contract';
import { DONE, type FrameHandler } from '../frame-handler.ts';

/** Ends exactly this subscription. Leaving what one never joined is fine. */
export const unsubscribe: FrameHandler<UnsubscribeMessage> = (frame, { connection }) => {
  connection.surfaces.unsubscribe(frame);
  return DONE;
};
