import {
  type Conversations,
  type ExtensionCapabilities,
  type ExtensionContributions,
  type ExtensionFacts,
  type ExtensionHost,
  HostError,
  type JsonObject,
  type MessageQueues,
  type ModelCalls,
} from '@dispatch/extension-api';
import type { Clock, Log } from '../ports.ts';
import type { Contributions, StagedSurface } from './contributions.ts';
import type { EventListener } from './event-delivery.ts';
import { checkKey } from './extension-changes.ts';
import type { CommitExtension } from './extension-commits.ts';
import type { ExtensionStore } from './extension-store.ts';
import type { FilterBus } from './filter-bus.ts';
import type { HookBus } from './hook-bus.ts';
import { copyJson } from './json-copy.ts';
import type { CheckedManifest } from './manifest-check.ts';
import type { ServiceRegistry } from './service-registry.ts';
import type { TimerRunner } from './timer-runner.ts';

const MOST_ROWS = 1_000;

/** `activating`: contributions are taken. `ended`: nothing is any more. */
export type HostPhase = 'activating' | 'running' | 'ended';

export interface HostParts {
  readonly manifest: CheckedManifest;
  readonly config: JsonObject;
  readonly added: Contributions;
  readonly phase: () => HostPhase;
  readonly commit: CommitExtension;
  /** Whether somebody else has the name already. */
  readonly isTaken: (kind: keyof ExtensionContributions, name: string) => boolean;
  readonly store: Pick<ExtensionStore, 'row' | 'rows'>;
  readonly timers: Pick<TimerRunner, 'remainingMs' | 'dueAt'>;
  readonly hooks: Pick<HookBus, 'emit'>;
  readonly filters: Pick<FilterBus, 'apply'>;
  readonly services: Pick<ServiceRegistry, 'find'>;
  readonly conversations: Conversations;
  readonly models: ModelCalls;
  readonly queues: MessageQueues;
  readonly facts: () => readonly ExtensionFacts[];
  readonly clock: Clock;
  readonly log: Log;
}

/** The host as one extension sees it: what its manifest does not declare is not there. */
export function createHost(parts: HostParts): ExtensionHost {
  const { manifest, added, clock, log } = parts;
  const { id, contributes } = manifest;

  const needs = (capability: keyof ExtensionCapabilities) => {
    if (parts.phase() === 'ended') throw new HostError('ended', `"${id}" is not running any more`);
    if (manifest.capabilities[capability]) return;
    throw new HostError('missing-capability', `its manifest does not declare the capability "${capability}"`);
  };
  const whileActivating = (what: string) => {
    if (parts.phase() === 'activating') return;
    throw new HostError('too-late', `"${id}" adds ${what} after its activation`);
  };
  const contribute = (kind: keyof ExtensionContributions, word: string, name: string, isAdded: boolean) => {
    whileActivating(`${word} "${name}"`);
    if (!contributes[kind].includes(name)) {
      throw new HostError('invalid', `it adds ${word} "${name}", which its manifest does not list`);
    }
    if (isAdded || parts.isTaken(kind, name))
      throw new HostError('invalid', `${word} "${name}" is already there`);
  };
  const listed = (kind: 'hooks' | 'filters', name: string) => {
    if (contributes[kind].includes(name)) return;
    throw new HostError('invalid', `its manifest does not list "${name}" in contributes.${kind}`);
  };
  const tell = (level: 'info' | 'warn' | 'error') => (message: string, data?: JsonObject) =>
    log[level](
      { extension: id, ...(data === undefined ? {} : { data: copyJson(data, 'what is logged') }) },
      String(message),
    );

  return {
    log: { info: tell('info'), warn: tell('warn'), error: tell('error') },
    clock: { now: () => clock.wall(), mono: () => clock.mono() },
    config: parts.config,

    addModelProvider(provider) {
      contribute('modelProviders', 'model provider', provider.id, added.providers.has(provider.id));
      added.providers.set(provider.id, provider);
    },
    addTool(tool) {
      contribute('tools', 'tool', tool.name, added.tools.has(tool.name));
      if (tool.readOnly === true && tool.approval !== undefined) {
        throw new HostError('invalid', `tool "${tool.name}" asks first and says that it only reads`);
      }
      added.tools.set(tool.name, tool);
    },
    addSurface(surface) {
      contribute('surfaces', 'surface', surface.id, added.surfaces.has(surface.id));
      const staged: StagedSurface = { surface, handle: undefined };
      added.surfaces.set(surface.id, staged);
      return { changed: (of) => staged.handle?.changed(of) };
    },
    addRoute(route) {
      const name = `${route.method} ${route.path}`;
      contribute('routes', 'route', name, added.routes.has(name));
      added.routes.set(name, route);
    },
    provideService(ref, methods) {
      contribute('services', 'service', ref.id, added.services.has(ref.id));
      added.services.set(ref.id, methods);
    },
    service(ref) {
      const owner = ref.id.slice(0, ref.id.indexOf('/'));
      if (!manifest.dependsOn.includes(owner)) {
        throw new HostError('invalid', `its manifest does not list "${owner}" in dependsOn`);
      }
      const found = parts.services.find(ref.id);
      if (found === undefined) throw new HostError('invalid', `there is no service ${ref.id}`);
      return found as never;
    },
    on(hook, listener) {
      whileActivating(`a listener of ${hook.id}`);
      added.hooks.push({ hookId: hook.id, listener: listener as (payload: unknown) => unknown });
    },
    emit(hook, payload) {
      if (parts.phase() === 'ended') return;
      listed('hooks', hook.id);
      parts.hooks.emit(hook, copyJson(payload, `the payload of ${hook.id}`));
    },
    addFilter(filter, participant, priority = 0) {
      whileActivating(`a part in ${filter.id}`);
      added.filters.push({ filterId: filter.id, participant: participant as never, priority });
    },
    async applyFilter(filter, value, context) {
      listed('filters', filter.id);
      return parts.filters.apply(filter, value, context);
    },
    onEvent(name, listener) {
      needs('db');
      whileActivating(`a listener of ${name}`);
      if (added.listeners.has(name)) throw new HostError('invalid', `it listens to ${name} already`);
      added.listeners.set(name, listener as unknown as EventListener);
    },
    onTimer(handler) {
      needs('db');
      whileActivating('a timer handler');
      if (added.timerHandler !== undefined) throw new HostError('invalid', 'it has a timer handler already');
      added.timerHandler = handler;
    },
    storage: {
      async get(key) {
        needs('db');
        checkKey(key);
        return parts.store.row(id, key);
      },
      async list(prefix, { after, limit = MOST_ROWS } = {}) {
        needs('db');
        const page = { limit: Math.min(Math.max(1, Math.trunc(limit)), MOST_ROWS) };
        return parts.store.rows(id, String(prefix), after === undefined ? page : { ...page, after });
      },
    },
    timers: {
      async remainingMs(key) {
        needs('db');
        return parts.timers.remainingMs(id, key);
      },
      async dueAt(key) {
        needs('db');
        return parts.timers.dueAt(id, key);
      },
    },
    async commit(change) {
      needs('db');
      return parts.commit(change);
    },
    conversations: {
      async get(conversationId) {
        needs('conversations');
        return parts.conversations.get(conversationId);
      },
    },
    models: {
      async warm(call) {
        needs('models');
        return parts.models.warm(call);
      },
      source(model) {
        needs('models');
        return parts.models.source(model);
      },
      async modelOf(conversationId) {
        needs('models');
        return parts.models.modelOf(conversationId);
      },
    },
    queues: {
      async of(conversationId) {
        needs('queues');
        return parts.queues.of(conversationId);
      },
      async change(change) {
        needs('queues');
        return parts.queues.change(change);
      },
      async remove(ref) {
        needs('queues');
        return parts.queues.remove(ref);
      },
    },
    extensions: () => parts.facts(),
    onExtensionsChanged(listener) {
      whileActivating('a listener of extensions');
      added.factsListeners.push(listener);
    },
  };
}
