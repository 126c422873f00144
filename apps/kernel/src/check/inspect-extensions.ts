import type { ModelProvider } from '@dispatch/extension-api';
import { bundledExtensions } from '../compose.ts';
import type { ExtensionSettings } from '../config.ts';
import { activateExtensions } from '../extension/extension-host.ts';
import { createExtensionRoutes } from '../extension/extension-routes.ts';
import type { ExtensionStore } from '../extension/extension-store.ts';
import { lateModelCalls } from '../extension/late-model-calls.ts';
import { lateQueues } from '../extension/late-queues.ts';
import { candidates } from '../extension/start-extensions.ts';
import type { Clock, Log } from '../ports.ts';
import { createSurfaceRegistry } from '../surface/surface-registry.ts';

/** What a start would make of the extensions. */
export interface InspectedExtensions {
  readonly providers: ReadonlyMap<string, ModelProvider>;
  /** Those that would not run, and why. */
  readonly disabled: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Activates the extensions as a start would, without a store: whoever reads or writes while it activates shows as disabled here. `settings` undefined: the
 * configuration cannot be read, so only what ships with the kernel is looked at.
 */
export async function inspectExtensions(
  settings: ExtensionSettings | undefined,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<InspectedExtensions> {
  const { facts, providers } = await activateExtensions(
    await candidates(bundledExtensions(), settings?.paths ?? [], clock),
    {
      store: emptyStore,
      surfaces: createSurfaceRegistry({ clock, onFailure: () => undefined }),
      routes: createExtensionRoutes(),
      conversations: { get: async () => undefined },
      models: lateModelCalls(),
      queues: lateQueues(),
      clock,
      log,
      ...(settings === undefined ? {} : { settings: settings.settings, switchedOff: settings.switchedOff }),
    },
  );
  const disabled = facts().flatMap(({ id, disabled: reason }) =>
    reason === undefined ? [] : [{ id, reason }],
  );
  return { providers, disabled };
}

/** Nothing is kept, and nothing can be: looking must change nothing. */
const emptyStore: ExtensionStore = {
  row: async () => undefined,
  rows: async () => [],
  change: async () => ({ kind: 'full' }),
  eventsAfter: async () => [],
  eventsHead: async () => 0,
  onDomainEvents: () => () => undefined,
  cursor: async () => 0,
  dropCursor: async () => undefined,
  timers: async () => [],
  claimTimer: async () => false,
};
