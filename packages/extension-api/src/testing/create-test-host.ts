import type { DomainEvent, KernelEvents } from '../events.ts';
import type { FilterRef } from '../filters.ts';
import type { HookRef } from '../hooks.ts';
import { type ExtensionFacts, type ExtensionHost, HostError } from '../host.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { Extension, ExtensionManifest } from '../manifest.ts';
import type { MessageQueues } from '../message-queues.ts';
import { RouteError, type RouteRequest } from '../route.ts';
import type { ServiceMethods, ServiceOf, ServiceRef } from '../services.ts';
import type { ExtensionRow } from '../storage.ts';
import type { SurfaceContext } from '../surface.ts';
import { unfit, withDefaults } from './fits-schema.ts';
import { jsonCopy } from './json-copy.ts';
import { settled, unlessDead } from './life.ts';
import { NO_QUEUES } from './no-queues.ts';
import { askLater, type LoggedLine, TestActivation } from './test-activation.ts';
import { TestModels } from './test-models.ts';
import { TestStore } from './test-store.ts';
import { type InvokeOutcome, TestSurfaces } from './test-surfaces.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What a test host starts with. */
export interface TestHostSettings {
  readonly manifest: ExtensionManifest;
  /** What the operator configured. Absent: nothing. */
  readonly config?: JsonObject;
  /** Time of day it starts at, in epoch milliseconds. Absent: some day in 2026. */
  readonly now?: number;
  /** What `host.extensions()` tells. Absent: the extension itself. */
  readonly extensions?: readonly ExtensionFacts[];
  /** Services of the extensions it depends on, by id. Absent: none. */
  readonly services?: ReadonlyMap<string, ServiceMethods>;
  /** Absent: nothing waits anywhere. */
  readonly queues?: MessageQueues;
}

/** How a route answered. */
export type RouteAnswer =
  | { readonly ok: true; readonly body: JsonValue }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint?: string };

const FIRINGS = 100_000;

/** A host in memory for one extension, and the hand that drives it. See {@link createTestHost}. */
export class TestHost {
  readonly clock: VirtualClock;
  readonly models: TestModels;
  readonly surfaces: TestSurfaces;
  readonly log: readonly LoggedLine[];
  /** Hooks the extension emitted, in order. */
  readonly emitted: readonly { readonly id: string; readonly payload: unknown }[];
  /** What was thrown where nobody waits: listeners, handlers of events and timers, fields behind a change. */
  readonly failures: unknown[] = [];
  readonly #store: TestStore;
  readonly #begin: () => TestActivation;
  #activation: TestActivation;
  #extensions: readonly ExtensionFacts[];
  #extension: Pick<Extension, 'activate' | 'deactivate'> | undefined;
  #delivering = false;

  constructor(settings: TestHostSettings) {
    const { manifest } = settings;
    const schema = manifest.configSchema;
    const config = schema === undefined ? {} : withDefaults(schema, settings.config ?? {});
    const fault = schema === undefined ? undefined : unfit(schema, config, 'config');
    if (fault !== undefined) throw new HostError('invalid', fault);
    const { id, name, version } = manifest;
    const own: ExtensionFacts = { id, name, version, trust: 'local', activation: 'eager', capabilities: [] };
    this.#extensions = settings.extensions ?? [own];
    this.clock = new VirtualClock(settings.now ?? 1_795_600_000_000);
    this.models = new TestModels(() => this.clock.now());
    const failed = (error: unknown) => void this.failures.push(error);
    this.surfaces = new TestSurfaces(() => this.clock.now(), failed);
    this.#store = new TestStore(this.clock, manifest);
    const log: LoggedLine[] = [];
    const emitted: { readonly id: string; readonly payload: unknown }[] = [];
    this.log = log;
    this.emitted = emitted;
    const { clock, models, surfaces } = this;
    const { queues = NO_QUEUES } = settings;
    const services = settings.services ?? new Map();
    const extensions = () => this.#extensions;
    const kept = { manifest, config, clock, models, surfaces, services, log, emitted, extensions, failed };
    this.#begin = () => new TestActivation({ ...kept, queues, store: this.#store });
    this.#activation = this.#begin();
  }

  /** The host of the present run. */
  get host(): ExtensionHost {
    return this.#activation.host;
  }

  /** Activates an extension. Rejects as the kernel would disable it: with what it threw, or a {@link HostError} about its manifest. */
  async activate(extension: Pick<Extension, 'activate' | 'deactivate'>): Promise<void> {
    this.#extension = extension;
    await extension.activate(this.#activation.host);
    this.#activation.gate.close();
    await this.deliver();
  }

  /** The process dies and starts again: everything the extension had in memory is gone, what it was waiting for never comes. */
  async restart(): Promise<void> {
    if (this.#extension === undefined) throw new Error('Nothing was activated.');
    this.#activation.life.dead = true;
    this.#delivering = false;
    this.#store.timers.restart();
    this.models.restart();
    this.surfaces.restart();
    this.#activation = this.#begin();
    await this.activate(this.#extension);
    await this.advance(0);
  }

  /** Tells a hook, and lets its listeners do what they can at once. */
  async tell<Payload>(hook: HookRef<Payload>, payload: Payload): Promise<void> {
    this.#activation.tell(hook, payload);
    await settled();
  }

  /** Writes a domain event without delivering it. */
  append<Name extends keyof KernelEvents>(name: Name, payload: KernelEvents[Name]): DomainEvent;
  append(name: string, payload: JsonValue): DomainEvent;
  append(name: string, payload: unknown): DomainEvent {
    return this.#store.append(name, payload as JsonValue);
  }

  /** Hands over what was not handled yet, in order; stops at a listener that throws. `again`: that many handled ones a second time. */
  async deliver(again = 0): Promise<void> {
    this.#store.cursor = Math.max(0, this.#store.cursor - again);
    const activation = this.#activation;
    if (!this.#delivering) void this.#hand(activation);
    await settled();
  }

  /** {@link append}, then {@link deliver}. */
  async happen<Name extends keyof KernelEvents>(name: Name, payload: KernelEvents[Name]): Promise<void> {
    this.append(name, payload);
    await this.deliver();
  }

  /** Time passes; timers fire as it does. Handlers that wait for something go on beside it. */
  async advance(ms: number): Promise<void> {
    await settled();
    let left = ms;
    for (let fired = 0; ; fired += 1) {
      if (fired > FIRINGS) throw new Error('A timer is set again for no time at all, for ever.');
      const due = this.#store.timers.take();
      if (due !== undefined) {
        void this.#fire(this.#activation, due);
        await settled();
        continue;
      }
      const next = this.#store.timers.nextMs();
      if (next === undefined || next > left) break;
      this.clock.pass(next);
      left -= next;
    }
    this.clock.pass(left);
    await settled();
  }

  /** Somebody sets the clock: the time of day jumps, and no time passes. */
  async jump(ms: number): Promise<void> {
    this.clock.jump(ms);
    await this.advance(0);
  }

  /** Carries out an action as the kernel does: one update behind an accepted one, none behind a refused one. */
  async invoke(
    surfaceId: string,
    actionId: string,
    payload?: JsonValue,
    context: Partial<SurfaceContext> = {},
  ): Promise<InvokeOutcome> {
    const outcome = await this.surfaces.invoke(surfaceId, actionId, payload, context);
    await settled();
    return outcome;
  }

  /** Calls a route by `METHOD /path`, as declared. What does not fit its schemas is answered `invalid-request`. */
  async call(name: string, request: Partial<RouteRequest> = {}): Promise<RouteAnswer> {
    const route = this.#activation.routes.get(name);
    if (route === undefined) throw new Error(`There is no route "${name}".`);
    const { query = {}, body, signal = new AbortController().signal } = request;
    const fault =
      (route.query === undefined ? undefined : unfit(route.query, query, 'query')) ??
      (route.body === undefined ? undefined : unfit(route.body, body ?? null, 'body'));
    if (fault !== undefined) return { ok: false, code: 'invalid-request', message: fault };
    const asked = { userId: request.userId ?? 'user', params: request.params ?? {}, query, signal };
    try {
      const copy = body === undefined ? {} : { body: jsonCopy(body, name) };
      const answer = await unlessDead(this.#activation.life, () => route.handle({ ...asked, ...copy }));
      await settled();
      return { ok: true, body: jsonCopy(answer, name) };
    } catch (error) {
      if (!(error instanceof RouteError)) throw error;
      const { code, message, hint } = error;
      return { ok: false, code, message, ...(hint === undefined ? {} : { hint }) };
    }
  }

  /** The extension's tools, providers and routes by name. */
  get added(): Pick<TestActivation, 'tools' | 'modelProviders' | 'routes'> {
    return this.#activation;
  }

  /** A service the extension provides. */
  service<Methods extends ServiceMethods>(ref: ServiceRef<Methods>): ServiceOf<Methods> {
    const methods = this.#activation.provided.get(ref.id);
    if (methods === undefined) throw new Error(`It provides no service "${ref.id}".`);
    return askLater(methods, this.#activation.life) as ServiceOf<Methods>;
  }

  /** Passes a value through the extension's part of a filter. */
  filter<Value, Context>(filter: FilterRef<Value, Context>, value: Value, context: Context): Promise<Value> {
    return this.#activation.filter(filter, value, context);
  }

  /** Other extensions came or went. */
  async setExtensions(extensions: readonly ExtensionFacts[]): Promise<void> {
    this.#extensions = extensions;
    for (const listener of this.#activation.extensionListeners) listener();
    await settled();
  }

  /** Everything the extension keeps, by key. */
  rows(prefix = ''): readonly ExtensionRow[] {
    return this.#store.list(prefix);
  }

  /** Puts a row there as it is, for example one of an earlier version. */
  plant(key: string, value: JsonValue): void {
    this.#store.commit({ put: [{ key, value }] });
  }

  /** Domain events, also the extension's own, in order. */
  events(): readonly DomainEvent[] {
    return this.#store.events;
  }

  /** How many events wait to be handled. */
  undelivered(): number {
    return this.#store.events.length - this.#store.cursor;
  }

  /** Keys of the timers that are set. */
  timers(): readonly string[] {
    return this.#store.timers.keys();
  }

  /** Until it is called with undefined, nothing can be written. */
  breakStore(trouble: 'storage-full' | 'store-read-only' | undefined): void {
    this.#store.trouble = trouble;
  }

  async #fire(
    activation: TestActivation,
    due: { key: string; dueAt: number; attempt: number },
  ): Promise<void> {
    const { life, timerHandler } = activation;
    let failed = false;
    try {
      const signal = new AbortController().signal;
      const change = await unlessDead(life, () => timerHandler?.(due, signal));
      if (change !== undefined && this.#store.commit(change) === 'conflict') throw conflict();
    } catch (error) {
      failed = true;
      this.failures.push(error);
    }
    this.#store.timers.over(due.key, failed);
  }

  async #hand(activation: TestActivation): Promise<void> {
    this.#delivering = true;
    try {
      for (;;) {
        const event = this.#store.events.find(({ id }) => id > this.#store.cursor);
        if (event === undefined) break;
        const listener = activation.eventListeners.get(event.name);
        const change = await unlessDead(activation.life, () => listener?.(jsonCopy(event, event.name)));
        if (change !== undefined && this.#store.commit(change) === 'conflict') throw conflict();
        this.#store.cursor = event.id;
      }
    } catch (error) {
      this.failures.push(error);
    }
    this.#delivering = false;
  }
}

const conflict = () => new Error('what a handler answered was not committed: an expectation did not hold');

/**
 * A host in memory, for tests of one extension. It refuses what the kernel would refuse, its two clocks stand still until {@link TestHost.advance} and
 * {@link TestHost.jump}, and nothing in it needs a kernel, a file or a network. Throws {@link HostError} for a configuration that does not fit.
 */
export function createTestHost(settings: TestHostSettings): TestHost {
  return new TestHost(settings);
}
