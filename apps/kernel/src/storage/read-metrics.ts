import type { TurnMetrics } from '@dispatch/wire';
import { turnMetricsSchema } from '@dispatch/wire/schema';
import { asc, eq } from 'drizzle-orm';
import type { Step } from '../ports.ts';
import { headOf, turnStream } from './heads.ts';
import { missingNumbers } from './missing-numbers.ts';
import { checksumOfSeal, isWhole } from './rows.ts';
import { turn } from './schema.ts';
import { build, rowsOf } from './statements.ts';

type TurnRecord = typeof turn.$inferSelect;

/** Figures of some sealed turns are missing or are not what was written. The others are in the error. */
export class DamagedMetricsError extends Error {
  override readonly name = 'DamagedMetricsError';
  /** Places of those turns in their conversation, 1 for the first, ascending; the first thousand of them. */
  readonly damaged: readonly number[];
  readonly readable: readonly TurnMetrics[];

  constructor(conversationId: string, damaged: readonly number[], readable: readonly TurnMetrics[]) {
    super(`Conversation ${conversationId} has damaged metrics of its turns ${damaged.join(', ')}`);
    this.damaged = damaged;
    this.readable = readable;
  }
}

export function* metricsOf(conversationId: string): Step<TurnMetrics[]> {
  const rows = yield* rowsOf(
    build.select().from(turn).where(eq(turn.conversation_id, conversationId)).orderBy(asc(turn.ordinal)),
  );
  const readable: TurnMetrics[] = [];
  const accounted = new Set<number>();
  for (const row of rows) {
    const metrics = row.state === 'running' ? undefined : readMetrics(row);
    if (metrics !== undefined) readable.push(metrics);
    if (metrics !== undefined || row.state === 'running') accounted.add(row.ordinal);
  }
  const last = rows.filter(({ ordinal }) => isWhole(ordinal)).length;
  const head = (yield* headOf(turnStream(conversationId))) ?? last;
  const damaged = missingNumbers(accounted, 1, Math.max(head, last));
  if (damaged.length > 0) throw new DamagedMetricsError(conversationId, damaged, readable);
  return readable;
}

/** Undefined: they are not what was written. Without a checksum they must at least be metrics. */
function readMetrics(record: TurnRecord): TurnMetrics | undefined {
  const { metrics, checksum } = record;
  if (typeof metrics !== 'string') return undefined;
  if (checksum !== null && checksum !== checksumOfSeal(record)) return undefined;
  try {
    const value = JSON.parse(metrics);
    return checksum !== null || turnMetricsSchema.safeParse(value).success ? value : undefined;
  } catch {
    return undefined;
  }
}
