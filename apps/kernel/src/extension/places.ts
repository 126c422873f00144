import type {
  ExtensionContributions,
  ExtensionRoute,
  JsonSchema,
  ModelProvider,
  Tool,
} from '@dispatch/extension-api';
import type { SurfaceRegistry } from '../surface/surface-registry.ts';
import type { Contributions } from './contributions.ts';
import type { CheckedRoute, ExtensionRouteRegistry, RouteCheck } from './extension-routes.ts';
import type { FilterBus } from './filter-bus.ts';
import type { HookBus } from './hook-bus.ts';
import { compileSchema } from './json-schema.ts';
import { keylessProvider } from './keyless-provider.ts';
import type { CheckedManifest } from './manifest-check.ts';
import { createServiceRegistry, type ServiceRegistry } from './service-registry.ts';
import type { TimerRunner } from './timer-runner.ts';

/** Where surfaces and routes are kept. */
export interface PlacesParts {
  readonly surfaces: Pick<SurfaceRegistry, 'has' | 'add' | 'removeOf'>;
  readonly routes: Pick<ExtensionRouteRegistry, 'has' | 'add' | 'removeOf'>;
}

/** Everywhere something of an extension can be. */
export interface Places {
  readonly services: ServiceRegistry;
  /** Whether another extension has this name. */
  isTaken(kind: keyof ExtensionContributions, name: string): boolean;
  /** Makes visible what an extension added. Throws, and leaves nothing behind, when something of it cannot be. */
  add(manifest: CheckedManifest, added: Contributions): void;
  removeOf(extensionId: string): void;
}

export function createPlaces({
  surfaces,
  routes,
  providers,
  tools,
  hooks,
  filters,
  timers,
}: PlacesParts & {
  readonly providers: Map<string, ModelProvider>;
  readonly tools: Map<string, Tool>;
  readonly hooks: HookBus;
  readonly filters: FilterBus;
  readonly timers: TimerRunner;
}): Places {
  const services = createServiceRegistry();
  const owned = new Map<string, Contributions>();

  function removeOf(extensionId: string): void {
    const added = owned.get(extensionId);
    for (const id of added?.providers.keys() ?? []) providers.delete(id);
    for (const name of added?.tools.keys() ?? []) tools.delete(name);
    owned.delete(extensionId);
    surfaces.removeOf(extensionId);
    routes.removeOf(extensionId);
    services.removeOf(extensionId);
    hooks.removeOf(extensionId);
    filters.removeOf(extensionId);
    timers.removeOf(extensionId);
  }

  return {
    services,
    removeOf,
    isTaken(kind, name) {
      switch (kind) {
        case 'modelProviders':
          return providers.has(name);
        case 'tools':
          return tools.has(name);
        case 'surfaces':
          return surfaces.has(name);
        case 'routes': {
          const [method = '', path = ''] = name.split(' ');
          return routes.has(method, path);
        }
        case 'services':
          return services.has(name);
        default:
          return false;
      }
    },
    add({ id, capabilities }, added) {
      const checked = [...added.routes.values()].map(checkedRoute);
      try {
        owned.set(id, added);
        for (const [providerId, provider] of added.providers) {
          providers.set(providerId, capabilities.secrets ? provider : keylessProvider(provider));
        }
        for (const [name, tool] of added.tools) tools.set(name, tool);
        for (const [serviceId, methods] of added.services) services.provide(id, serviceId, methods);
        for (const route of checked) routes.add(route, id);
        for (const { hookId, listener } of added.hooks) hooks.on(id, hookId, listener);
        for (const { filterId, participant, priority } of added.filters) {
          filters.add(id, filterId, participant, priority);
        }
        for (const staged of added.surfaces.values()) staged.handle = surfaces.add(staged.surface, id);
      } catch (error) {
        removeOf(id);
        throw error;
      }
    },
  };
}

function checkedRoute(route: ExtensionRoute): CheckedRoute {
  return {
    route,
    ...(route.query === undefined ? {} : { checkQuery: checkOf(route.query) }),
    ...(route.body === undefined ? {} : { checkBody: checkOf(route.body) }),
  };
}

function checkOf(schema: JsonSchema): RouteCheck {
  const fits = compileSchema(schema);
  return (value) => {
    const fitted = fits(value);
    return 'fault' in fitted ? fitted.fault : undefined;
  };
}
