import type { DomainEvent } from '../events.ts';
import type { FilterRef } from '../filters.ts';
import type { HookRef } from '../hooks.ts';
import { type ExtensionFacts, type ExtensionHost, type Handled, HostError } from '../host.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { ExtensionManifest } from '../manifest.ts';
import type { MessageQueues } from '../message-queues.ts';
import type { ModelProvider } from '../model-provider.ts';
import type { ExtensionRoute } from '../route.ts';
import type { ServiceMethods, ServiceOf, ServiceRef } from '../services.ts';
import type { DueTimer } from '../timers.ts';
import type { Tool } from '../tool.ts';
import { jsonCopy } from './json-copy.ts';
import { type Life, unlessDead } from './life.ts';
import { ManifestGate } from './manifest-gate.ts';
import type { TestModels } from './test-models.ts';
import type { TestStore } from './test-store.ts';
import type { TestSurfaces } from './test-surfaces.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A line an extension logged. */
export interface LoggedLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly data?: JsonObject;
}

/** What outlives an activation. */
export interface Surroundings {
  readonly manifest: ExtensionManifest;
  readonly config: JsonObject;
  readonly clock: VirtualClock;
  readonly store: TestStore;
  readonly models: TestModels;
  readonly surfaces: TestSurfaces;
  readonly queues: MessageQueues;
  readonly services: ReadonlyMap<string, ServiceMethods>;
  readonly log: LoggedLine[];
  readonly emitted: { readonly id: string; readonly payload: unknown }[];
  extensions(): readonly ExtensionFacts[];
  failed(error: unknown): void;
}

type Participant = (value: unknown, context: unknown) => unknown;

/** One activation: the host it is given, and what it put into it. */
export class TestActivation {
  readonly life: Life = { dead: false };
  readonly gate: ManifestGate;
  readonly tools: Map<string, Tool> = new Map();
  readonly modelProviders: Map<string, ModelProvider> = new Map();
  readonly routes: Map<string, ExtensionRoute> = new Map();
  readonly provided: Map<string, ServiceMethods> = new Map();
  readonly hooks: { readonly id: string; readonly listener: (payload: unknown) => unknown }[] = [];
  readonly filters: { id: string; participant: Participant; priority: number }[] = [];
  readonly eventListeners: Map<string, (event: DomainEvent) => Handled | Promise<Handled>> = new Map();
  timerHandler: ((timer: DueTimer, signal: AbortSignal) => Handled | Promise<Handled>) | undefined;
  readonly extensionListeners: (() => void)[] = [];
  readonly host: ExtensionHost;
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
    this.gate = new ManifestGate(around.manifest);
    this.host = this.#host();
  }

  /** Passes a value through those who take part, as the kernel does: one that throws is passed over, or fails it all. */
  async filter<Value, Context>(
    ref: FilterRef<Value, Context>,
    value: Value,
    context: Context,
  ): Promise<Value> {
    const taking = this.filters.filter(({ id }) => id === ref.id).sort((a, b) => a.priority - b.priority);
    let passing: unknown = jsonCopy(value, ref.id);
    for (const { participant } of taking) {
      try {
        passing = jsonCopy(await participant(jsonCopy(passing, ref.id), context), ref.id);
      } catch (error) {
        if (ref.onFailure === 'fail') throw error;
        this.#around.failed(error);
      }
    }
    return passing as Value;
  }

  /** Tells everybody who listens. */
  tell<Payload>(ref: HookRef<Payload>, payload: Payload): void {
    for (const { id, listener } of this.hooks) {
      if (id !== ref.id) continue;
      unlessDead(this.life, () => listener(jsonCopy(payload, id))).catch(this.#around.failed);
    }
  }

  #host(): ExtensionHost {
    const { clock, config, log, models, store, surfaces, ...around } = this.#around;
    const { gate, life } = this;
    const alone = <T>(work: () => T | Promise<T>) => unlessDead(life, work);
    const capable = <T>(capability: 'db' | 'conversations' | 'models' | 'queues', member: T): T => {
      gate.need(capability);
      return member;
    };
    const write = (level: LoggedLine['level']) => (message: string, data?: JsonObject) => {
      log.push({ level, message, ...(data === undefined ? {} : { data: jsonCopy(data, message) }) });
    };
    const storage = {
      get: (key: string) => alone(() => store.list(key).find((row) => row.key === key)),
      list: (prefix: string, page: { readonly after?: string; readonly limit?: number } = {}) =>
        alone(() => store.list(prefix, page.after, page.limit)),
    };
    const timers = {
      remainingMs: (key: string) => alone(() => store.timers.remainingMs(key)),
      dueAt: (key: string) => alone(() => store.timers.dueAt(key)),
    };
    const conversations = { get: (id: string) => alone(() => models.reads.get(id)) };
    const calls = {
      warm: (call: Parameters<typeof models.calls.warm>[0]) => alone(() => models.calls.warm(call)),
      source: models.calls.source,
      modelOf: (id: string) => alone(() => models.calls.modelOf(id)),
    };
    const queues: MessageQueues = {
      of: (id) => alone(() => around.queues.of(id)),
      change: (change) => alone(() => around.queues.change(change)),
      remove: (ref) => alone(() => around.queues.remove(ref)),
    };
    return {
      log: { info: write('info'), warn: write('warn'), error: write('error') },
      clock: { now: () => clock.now(), mono: () => clock.mono() },
      config,
      addModelProvider: (provider) => {
        gate.add('modelProviders', provider.id);
        this.modelProviders.set(provider.id, provider);
      },
      addTool: (tool) => {
        gate.add('tools', tool.name);
        this.tools.set(tool.name, tool);
      },
      addSurface: (surface) => {
        gate.add('surfaces', surface.id);
        const handle = surfaces.add(surface);
        return { changed: (of) => (life.dead ? undefined : handle.changed(of)) };
      },
      addRoute: (route) => {
        const name = `${route.method} ${route.path}`;
        gate.add('routes', name);
        this.routes.set(name, route);
      },
      provideService: (ref, methods) => {
        gate.add('services', ref.id);
        this.provided.set(ref.id, methods);
      },
      service: (ref) => this.#service(ref),
      on: (hook, listener) => {
        gate.listen(hook.id);
        this.hooks.push({ id: hook.id, listener: (payload) => listener(payload as never) });
      },
      emit: (hook, payload) => {
        gate.use('hooks', hook.id);
        around.emitted.push({ id: hook.id, payload: jsonCopy(payload, hook.id) });
        this.tell(hook, payload);
      },
      addFilter: (filter, participant, priority = 0) => {
        gate.listen(filter.id);
        this.filters.push({ id: filter.id, participant: participant as Participant, priority });
      },
      applyFilter: async (filter, value, context) => {
        gate.use('filters', filter.id);
        return alone(() => this.filter(filter, value, context));
      },
      onEvent: (name, listener) => {
        gate.need('db');
        gate.listen(name);
        if (this.eventListeners.has(name)) throw new HostError('invalid', `"${name}" has a listener`);
        this.eventListeners.set(name, (event) => listener(event as never));
      },
      onTimer: (handler) => {
        gate.need('db');
        gate.listen('onTimer');
        if (this.timerHandler !== undefined) throw new HostError('invalid', 'timers have a handler');
        this.timerHandler = handler;
      },
      get storage() {
        return capable('db', storage);
      },
      get timers() {
        return capable('db', timers);
      },
      commit: (change) => {
        gate.need('db');
        return alone(() => store.commit(change));
      },
      get conversations() {
        return capable('conversations', conversations);
      },
      get models() {
        return capable('models', calls);
      },
      get queues() {
        return capable('queues', queues);
      },
      extensions: () => around.extensions(),
      onExtensionsChanged: (listener) => {
        gate.listen('onExtensionsChanged');
        this.extensionListeners.push(listener);
      },
    };
  }

  #service<Methods extends ServiceMethods>(ref: ServiceRef<Methods>): ServiceOf<Methods> {
    const [owner = ''] = ref.id.split('/');
    const methods = this.#around.services.get(ref.id);
    if (methods === undefined || !this.#around.manifest.dependsOn?.includes(owner)) {
      throw new HostError('invalid', `no extension in dependsOn provides "${ref.id}"`);
    }
    return askLater(methods, this.life) as ServiceOf<Methods>;
  }
}

/** Methods that answer later, with copies. */
export function askLater(
  methods: ServiceMethods,
  life: Life,
): Record<string, (input?: JsonValue) => Promise<unknown>> {
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      (input?: JsonValue) =>
        unlessDead(life, async () => {
          const given = input === undefined ? undefined : jsonCopy(input, name);
          const answer: unknown = await method(given as never);
          return answer === undefined ? undefined : jsonCopy(answer, name);
        }),
    ]),
  );
}
