import type { Extension, MessageQueues, ModelCalls } from '@dispatch/extension-api';
import type { ExtensionSettings } from '../config.ts';
import type { Clock, Log, Store } from '../ports.ts';
import type { SurfaceRegistry } from '../surface/surface-registry.ts';
import type { Candidate } from './candidates.ts';
import { conversationFacts } from './conversation-facts.ts';
import { activateExtensions, type Blame, type Extensions } from './extension-host.ts';
import type { ExtensionRouteRegistry } from './extension-routes.ts';
import { loadLocal } from './load-local.ts';

export interface StartExtensionsParts {
  readonly bundled: readonly Extension[];
  readonly settings: ExtensionSettings;
  readonly store: Store;
  readonly surfaces: SurfaceRegistry;
  readonly routes: ExtensionRouteRegistry;
  readonly models: ModelCalls;
  readonly queues: MessageQueues;
  readonly clock: Clock;
  readonly log: Log;
  readonly onDisabled?: (extensionId: string) => void;
  readonly onBlame?: (blame: Blame) => void;
}

/** Activates what ships with the kernel, then what the operator added by path, in that order. */
export async function startExtensions(parts: StartExtensionsParts): Promise<Extensions> {
  const { store, settings, log } = parts;
  const found = await candidates(parts.bundled, settings.paths, parts.clock);
  const extensions = await activateExtensions(found, {
    ...parts,
    store: store.extensions,
    conversations: conversationFacts(store.read),
    settings: settings.settings,
    switchedOff: settings.switchedOff,
  });
  const known = new Set(extensions.facts().map(({ id }) => id));
  for (const id of [...settings.switchedOff, ...Object.keys(settings.settings)]) {
    if (!known.has(id)) log.warn({ extension: id }, 'the configuration names an extension that is not there');
  }
  return extensions;
}

/** Everything there is to activate. */
export async function candidates(
  bundled: readonly Extension[],
  paths: readonly string[],
  clock: Clock,
): Promise<readonly Candidate[]> {
  const local = await Promise.all(paths.map((path) => loadLocal(path, clock)));
  return [
    ...bundled.map((extension) => ({ extension, trust: 'bundled' as const })),
    ...local.map((one) => ({ ...one, trust: 'local' as const })),
  ];
}
