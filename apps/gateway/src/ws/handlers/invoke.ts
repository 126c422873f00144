import type { InvokeMessage } from '@dispatch/ui-contract';
import type { FrameHandler } from '../frame-handler.ts';
import { unknownSurface } from './subscribe.ts';

export const invoke: FrameHandler<InvokeMessage> = () => ({ refusal: unknownSurface });
