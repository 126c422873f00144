import type { ThroughputModelStat } from '@dispatch/transport-contract';
import type { ThroughputRow } from '../ports.ts';

/** Speeds of the models, fastest first, equal ones by name. */
export function modelStats(rows: readonly ThroughputRow[]): ThroughputModelStat[] {
  return rows
    .map((row) => ({
      model: row.model,
      tokensPerSecond: speed(row),
      totalOutputTokens: row.totalOutputTokens,
      totalGenMs: row.totalGenMs,
      turns: row.turns,
    }))
    .sort((a, b) => b.tokensPerSecond - a.tokensPerSecond || (a.model < b.model ? -1 : 1));
}

function speed({ totalOutputTokens, totalGenMs }: ThroughputRow): number {
  return totalGenMs > 0 ? Math.round((totalOutputTokens / (totalGenMs / 1000)) * 100) / 100 : 0;
}
