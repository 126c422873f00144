import type {
  Extension,
  ExtensionHost,
  ExtensionManifest,
  MessageQueues,
  ModelCalls,
  ModelProvider,
  Surface,
  Tool,
} from '@dispatch/extension-api';
import { recordingLog } from '../../turn/__fixtures__/engine.ts';
import { createVirtualClock } from '../../turn/__fixtures__/virtual-clock.ts';
import type { Candidate } from '../candidates.ts';
import { activateExtensions, type ExtensionHostParts } from '../extension-host.ts';
import { memoryExtensionStore } from './memory-extension-store.ts';

export const tool = (name: string): Tool => ({
  name,
  description: name,
  inputSchema: { type: 'object' },
  execute: async () => ({ content: '', isError: false }),
});

export const provider = (id: string): ModelProvider => ({ id }) as ModelProvider;

export const surface = (id: string): Surface => ({
  id,
  title: id,
  region: 'side',
  scope: 'global',
  audience: 'everyone',
  getFields: () => [],
});

export function extension(
  id: string,
  activate: (host: ExtensionHost) => void | Promise<void>,
  more: Partial<ExtensionManifest> = {},
): Extension {
  return { manifest: { id, name: id, version: '1.0.0', apiVersion: '^0.1.0', ...more }, activate };
}

/** Extensions over a store in memory, with everything they reach open to a test. */
export async function activateAll(
  extensions: readonly (Extension | Candidate)[],
  more: Partial<ExtensionHostParts> = {},
) {
  const surfaces = new Map<string, string>();
  const routes = new Map<string, string>();
  const logged: string[] = [];
  const store = memoryExtensionStore();
  const clock = createVirtualClock({ auto: true });
  const candidates = extensions.map((one) =>
    'trust' in one ? one : ({ extension: one, trust: 'bundled' } as const),
  );
  const removeOwn = (map: Map<string, string>) => (extensionId: string) => {
    for (const [name, owner] of map) if (owner === extensionId) map.delete(name);
  };
  const host = await activateExtensions(candidates as readonly Candidate[], {
    clock,
    log: recordingLog(logged),
    store,
    conversations: { get: async () => undefined },
    models: {} as ModelCalls,
    queues: {} as MessageQueues,
    surfaces: {
      has: (id) => surfaces.has(id),
      add(added, owner) {
        surfaces.set(added.id, owner);
        return { changed: () => {} };
      },
      removeOf: removeOwn(surfaces),
    },
    routes: {
      has: (method, path) => routes.has(`${method} ${path}`),
      add: ({ route: { method, path } }, owner) => void routes.set(`${method} ${path}`, owner),
      removeOf: removeOwn(routes),
    },
    apiVersion: '0.1.3',
    ...more,
  });
  return { ...host, store, clock, logged, surfaces, routes };
}

/** Why an extension is disabled, by its id. */
export function reasonsOf({
  facts,
}: Pick<Awaited<ReturnType<typeof activateAll>>, 'facts'>): Record<string, string> {
  return Object.fromEntries(
    facts().flatMap(({ id, disabled }) => (disabled === undefined ? [] : [[id, disabled]])),
  );
}
