import type {
  Conversations,
  Extension,
  ExtensionContributions,
  ExtensionFacts,
  JsonObject,
  MessageQueues,
  ModelCalls,
} from '@dispatch/extension-api';
import type { Clock, Log } from '../ports.ts';
import { TooSlowError, withinTime } from '../within-time.ts';
import { type Contributions, noContributions } from './contributions.ts';
import { createHost, type HostPhase } from './create-host.ts';
import { type EventDelivery, startEventDelivery } from './event-delivery.ts';
import { commitsOf } from './extension-commits.ts';
import type { ExtensionStore } from './extension-store.ts';
import type { Failure } from './failure-counter.ts';
import type { FilterBus } from './filter-bus.ts';
import type { HookBus } from './hook-bus.ts';
import type { CheckedManifest } from './manifest-check.ts';
import type { Places } from './places.ts';
import type { TimerOwner, TimerRunner } from './timer-runner.ts';

/** An activation that takes longer counts as broken: it must not keep everything else from booting. */
const ACTIVATION_MS = 10_000;
const DEACTIVATION_MS = 2_000;

export interface RunningExtensionParts {
  readonly config: JsonObject;
  readonly places: Places;
  readonly store: ExtensionStore;
  readonly timers: TimerRunner;
  readonly hooks: HookBus;
  readonly filters: FilterBus;
  readonly conversations: Conversations;
  readonly models: ModelCalls;
  readonly queues: MessageQueues;
  readonly clock: Clock;
  readonly log: Log;
  readonly facts: () => readonly ExtensionFacts[];
  /** True: that was one failure too many, and the extension is disabled. */
  readonly failed: (extensionId: string, failure: Failure) => boolean;
  readonly succeeded: (extensionId: string, source: string) => void;
}

/** An extension that was activated. */
export interface RunningExtension {
  readonly manifest: CheckedManifest;
  /** Undefined: it handles no timers. */
  readonly timerOwner: TimerOwner | undefined;
  /** Resolves when what happens from here on reaches it. */
  startDelivery(): Promise<void>;
  /** There may be new domain events. */
  wake(): void;
  tellFacts(): void;
  /** Calls no listener any more. */
  stopDelivery(): Promise<void>;
  /** Ends its deliveries and deactivates it; calls of its host are refused from here on. Never rejects. */
  end(): Promise<void>;
}

/** Activates an extension and makes visible what it added. Rejects with the reason when it cannot be; then nothing of it stays. */
export async function runExtension(
  extension: Extension,
  manifest: CheckedManifest,
  parts: RunningExtensionParts,
): Promise<RunningExtension> {
  const { id } = manifest;
  const { places, store, timers, clock, log } = parts;
  const added = noContributions();
  let phase: HostPhase = 'activating';
  let delivery: EventDelivery | undefined;
  const events = new Set(manifest.contributes.events);
  const commit = commitsOf({ extensionId: id, events, store, timers, clock });
  const { services } = places;
  const host = createHost({
    ...parts,
    manifest,
    added,
    phase: () => phase,
    commit,
    services,
    isTaken: places.isTaken,
  });
  try {
    await withinTime(clock, ACTIVATION_MS, async () => extension.activate(host));
    refuseMissing(manifest.contributes, added);
    phase = 'running';
    places.add(manifest, added);
  } catch (error) {
    phase = 'ended';
    timers.removeOf(id);
    if (error instanceof TooSlowError) throw new Error(`its activation: ${error.message}`);
    throw error;
  }

  const outcomes = {
    onFailure: (failure: Failure) => parts.failed(id, failure),
    onSuccess: (source: string) => parts.succeeded(id, source),
  };
  const { timerHandler, listeners } = added;
  return {
    manifest,
    timerOwner:
      timerHandler === undefined
        ? undefined
        : {
            extensionId: id,
            handler: timerHandler,
            commit: (handled, firedTimer) => commit(handled, { firedTimer }),
            ...outcomes,
          },
    async startDelivery() {
      if (listeners.size === 0 || phase === 'ended') return;
      delivery = startEventDelivery({
        extensionId: id,
        listeners,
        store,
        clock,
        log,
        commit: (handled, cursor) => commit(handled, { cursor }),
        ...outcomes,
      });
      await delivery.begun;
    },
    wake: () => delivery?.wake(),
    stopDelivery: async () => delivery?.stop(),
    tellFacts() {
      for (const listener of added.factsListeners) {
        try {
          listener();
        } catch (error) {
          log.warn({ extension: id, err: error }, 'a listener of extensions failed');
        }
      }
    },
    async end() {
      if (phase === 'ended') return;
      await delivery?.stop();
      try {
        await withinTime(clock, DEACTIVATION_MS, async () => extension.deactivate?.());
      } catch (error) {
        log.warn({ extension: id, err: error }, 'an extension did not end well');
      }
      phase = 'ended';
    },
  };
}

function refuseMissing(declared: Required<ExtensionContributions>, added: Contributions): void {
  const kinds = [
    ['model provider', declared.modelProviders, added.providers],
    ['tool', declared.tools, added.tools],
    ['surface', declared.surfaces, added.surfaces],
    ['route', declared.routes, added.routes],
    ['service', declared.services, added.services],
  ] as const;
  for (const [word, names, map] of kinds) {
    const missing = names.find((name) => !map.has(name));
    if (missing !== undefined)
      throw new Error(`its manifest lists ${word} "${missing}", which it did not add`);
  }
}
