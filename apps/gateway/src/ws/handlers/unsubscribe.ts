import type { UnsubscribeMessage } from '@dispatch/ui-contract';
import { DONE, type FrameHandler } from '../frame-handler.ts';

/** Leaving what one never joined is fine. */
export const unsubscribe: FrameHandler<UnsubscribeMessage> = () => DONE;
