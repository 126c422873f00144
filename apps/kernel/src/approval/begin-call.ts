import { crashPoint } from '../crash-point.ts';
import type { Clock, Ids, Log, Store } from '../ports.ts';
import { DamagedRowError } from '../storage/rows.ts';
import { TurnStop } from '../turn/turn-ending.ts';
import type { ActingCall } from './acting-call.ts';
import type { BegunCall } from './call-gate.ts';
import { beginEffect } from './effects.ts';
import { REFUSALS } from './refusals.ts';

export interface BeginParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** `CallGate.begin` over the store. */
export async function beginCall(
  { store, clock, ids, log }: BeginParts,
  call: ActingCall,
  asks: boolean,
): Promise<BegunCall | string> {
  const fence = { turnId: call.turnId, fence: store.fence };
  const begun = { id: ids.mint('eff'), at: clock.wall(), asks };
  crashPoint('before-begin');
  const outcome = await store
    .commit({ fence, plan: (q) => beginEffect(q, call, begun) })
    .catch((error: unknown) => {
      if (error instanceof DamagedRowError) return 'damaged' as const;
      throw error;
    });
  crashPoint('after-begin');
  if (outcome === 'damaged') return REFUSALS.damaged;
  if (outcome.kind === 'fenced') throw new TurnStop('fenced');
  if (outcome.kind === 'full') return REFUSALS.full;
  if (outcome.kind === 'key-mismatch') throw new Error('a call that begins has no key');
  const { result } = outcome;
  if (result.kind === 'again') return result.state === 'begun' ? REFUSALS.unknown : REFUSALS.lost;
  if (result.kind !== 'tool') return REFUSALS[result.kind];
  return {
    async end(state) {
      try {
        await store.commit({
          fence,
          *plan(q) {
            yield* q.approvals.changeEffect({ ...result, state });
            return { result: null };
          },
        });
      } catch (error) {
        log.error({ err: error, turnId: call.turnId }, 'the end of a call could not be stored');
      }
    },
  };
}
