import type { StepId } from '@dispatch/wire';

/** Id of the step with this 0-based index in a turn. */
export function stepIdOf(turnId: string, index: number): StepId {
  return `${turnId}#${index}` as StepId;
}
