import type { SurfaceErrorMessage } from '@dispatch/ui-contract';
import type { FrameRefusal } from './frame-answer.ts';

/**
 * A frame that is no chat frame was refused. The `error` frame of ui-contract with the fields every refusal has.
 *
 * @since 0.10.0
 */
export interface ErrorMessage extends SurfaceErrorMessage, FrameRefusal {}
