import type { FilterRef } from '@dispatch/extension-api';
import type { Clock } from '../ports.ts';
import { withinTime } from '../within-time.ts';
import type { ReportFailure } from './hook-bus.ts';
import { copyJson } from './json-copy.ts';

/** A value on its way through whoever takes part. */
type Participant = (value: unknown, context: unknown) => unknown;

/** Awaited filters with deadlines. */
export interface FilterBus {
  add(extensionId: string, filterId: string, participant: Participant, priority: number): void;
  /** Whether anybody takes part; without anybody a value need not be handed over. */
  has(filterId: string): boolean;
  /** Rejects only for a filter that says `fail`. */
  apply<Value, Context>(filter: FilterRef<Value, Context>, value: Value, context: Context): Promise<Value>;
  removeOf(extensionId: string): void;
}

interface Entry {
  readonly extensionId: string;
  readonly participant: Participant;
  readonly priority: number;
}

/** Participants in the order of their priority, then of their addition. One that throws or is late is passed over, or ends it: the filter says which. */
export function createFilterBus(clock: Clock, report: ReportFailure): FilterBus {
  const entries = new Map<string, Entry[]>();
  return {
    add(extensionId, filterId, participant, priority) {
      const known = entries.get(filterId) ?? [];
      const behind = known.findIndex((entry) => entry.priority > priority);
      known.splice(behind < 0 ? known.length : behind, 0, { extensionId, participant, priority });
      entries.set(filterId, known);
    },
    has: (filterId) => (entries.get(filterId)?.length ?? 0) > 0,
    async apply(filter, value, context) {
      let current = value;
      for (const { extensionId, participant } of [...(entries.get(filter.id) ?? [])]) {
        try {
          const given = copyJson(current, `the value of ${filter.id}`);
          const known = copyJson(context, `the context of ${filter.id}`);
          const answer = await withinTime(clock, filter.deadlineMs, async () => participant(given, known));
          if (answer === undefined) throw new Error('gave nothing back');
          current = copyJson(answer as typeof value, `the answer to ${filter.id}`);
        } catch (error) {
          report(extensionId, `its part in ${filter.id}`, error);
          if (filter.onFailure === 'fail') throw new Error(`"${extensionId}" failed in ${filter.id}`);
        }
      }
      return current;
    },
    removeOf(extensionId) {
      for (const [filterId, known] of entries) {
        entries.set(
          filterId,
          known.filter((entry) => entry.extensionId !== extensionId),
        );
      }
    },
  };
}
