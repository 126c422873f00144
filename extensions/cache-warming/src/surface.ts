import { type ExtensionHost, type Surface, stat } from '@dispatch/extension-api';
import { CACHE_WARMING_SURFACE_ID, NO_CONVERSATION } from '@dispatch/surface-cache-warming';
import type { SurfaceField } from '@dispatch/ui-contract';
import type { Actions } from './actions.ts';
import { fieldsOf } from './fields-of.ts';
import { type Keeper, timerKey } from './keeper.ts';
import type { Kept } from './kept.ts';
import { isOn } from './machine.ts';
import { cachePct, expectedCacheRate, toldCache } from './percent.ts';
import { whyNotSent } from './refusals.ts';

/** The surface `cache-warming`. */
export function warmingSurface(host: ExtensionHost, keeper: Keeper, actions: Actions): Surface {
  return {
    id: CACHE_WARMING_SURFACE_ID,
    title: 'Cache Warming',
    region: 'side',
    scope: 'conversation',
    audience: 'conversation',
    getFields: ({ conversationId }) =>
      conversationId === undefined
        ? [stat(NO_CONVERSATION.label, NO_CONVERSATION.value)]
        : keeper.queues.run(conversationId, () => show(host, keeper, conversationId)),
    invoke: (actionId, payload, { conversationId }) => actions.invoke(actionId, payload, conversationId),
  };
}

async function show(host: ExtensionHost, keeper: Keeper, id: string): Promise<readonly SurfaceField[]> {
  await keeper.stand(id);
  const dueAt = await host.timers.dueAt(timerKey(id));
  const { lost: _lost, ...read } = await keeper.stand(id);
  const standing = { ...read, view: { ...read.view, now: host.clock.now() } };
  const { kept, view } = standing;
  const flight = keeper.flights.get(id);
  const glance = isOn(kept, view) ? {} : glanceOf(keeper, id, kept);
  return fieldsOf({
    standing,
    inFlight: flight !== undefined,
    dueAt,
    last: kept.last,
    lastError: kept.lastError,
    ...glance,
  });
}

/** How a warm by hand went while warming is off: shown as long as nothing newer is kept. */
function glanceOf(keeper: Keeper, id: string, kept: Kept): { last?: Kept['last']; lastError?: string } {
  const outcome = keeper.glances.get(id);
  if (outcome === undefined) return {};
  if (outcome.kind === 'failed') return { lastError: outcome.failure.message };
  if (outcome.kind === 'refused') return { lastError: whyNotSent(outcome.reason) };
  const { usage, completedAt: at } = outcome;
  if ((kept.last?.at ?? 0) >= at) return {};
  const told = toldCache(usage);
  return {
    last: { at, cachePct: told ? cachePct(usage) : null, retention: told ? expectedCacheRate(usage) : null },
  };
}
