import type { TurnReplacedEvent } from '@dispatch/collab-contract';

/**
 * The turns on screen after another version is shown: it stands in the place of the one it supersedes, and what followed that one is gone until the conversation is read
 * again with `view: 'active'`. The same list when it does not concern these turns or has been applied already, so that applying it twice equals once.
 */
export function replaceTurn(
  turnIds: readonly string[],
  { turnId, supersedes }: TurnReplacedEvent,
): readonly string[] {
  const at = turnIds.indexOf(supersedes);
  if (at < 0 || turnId === supersedes) return turnIds;
  const before = turnIds.slice(0, at);
  return turnId === null ? before : [...before.filter((id) => id !== turnId), turnId];
}
