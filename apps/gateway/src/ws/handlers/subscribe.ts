import type { SubscribeMessage } from '@dispatch/ui-contract';
import { type Refusal, refuse } from '../../refusal.ts';
import type { FrameHandler } from '../frame-handler.ts';

export const unknownSurface: Refusal = refuse(
  'unknown-surface',
  'There is no surface of this id.',
  'The catalog frame lists those there are.',
);

/** The catalog is empty in this version, so every surface is unknown. */
export const subscribe: FrameHandler<SubscribeMessage> = () => ({ refusal: unknownSurface });
