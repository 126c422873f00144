import type { TurnEffect } from '@dispatch/transport-contract';
import type { Reads } from '../ports.ts';

/** What a turn did outside the conversation, in the order it began: nobody takes it back, and of what failed or was cut off nobody knows how far it came. */
export async function effectsOf(read: Reads, turnId: string): Promise<readonly TurnEffect[]> {
  const rows = await read.approvals.effectsOfTurn(turnId);
  return rows.map(({ kind, id, summary }) => ({ kind, id, summary }));
}
