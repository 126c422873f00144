import type { Conversations } from './conversations.ts';
import type { EventOf } from './events.ts';
import type { FilterRef } from './filters.ts';
import type { HookRef } from './hooks.ts';
import type { JsonObject } from './json.ts';
import type { MessageQueues } from './message-queues.ts';
import type { ModelCalls } from './model-calls.ts';
import type { ModelProvider } from './model-provider.ts';
import type { ExtensionRoute } from './route.ts';
import type { ServiceMethods, ServiceOf, ServiceRef } from './services.ts';
import type { ExtensionCommit, ExtensionCommitOutcome, ExtensionStorage } from './storage.ts';
import type { Surface, SurfaceHandle } from './surface.ts';
import type { DueTimer, ExtensionTimers } from './timers.ts';
import type { Tool } from './tool.ts';

/** What a listener or handler wants written together with the fact that it is through. Undefined: nothing else. */
export type Handled = ExtensionCommit | undefined;

/** Writes to the kernel's log, under the extension's name. Never log keys or what people wrote. */
export interface ExtensionLog {
  info(message: string, data?: JsonObject): void;
  warn(message: string, data?: JsonObject): void;
  error(message: string, data?: JsonObject): void;
}

/** The kernel's clocks. */
export interface ExtensionClock {
  /** Time of day in epoch milliseconds. It may jump. */
  now(): number;
  /** Milliseconds since some moment. It never jumps; for durations. */
  mono(): number;
}

/**
 * What the kernel offers to one extension. Everything that crosses it is a JSON value, a function, an `AsyncIterable` or an `AbortSignal`; values are
 * copied, so that nobody holds a part of somebody else.
 *
 * Contributions and listeners are added while it activates and not later. A member that needs a capability throws when the manifest does not declare it.
 * A listener that fails is logged and told in the table of extensions; one that keeps failing disables its extension.
 */
export interface ExtensionHost {
  readonly log: ExtensionLog;
  readonly clock: ExtensionClock;
  /** What the operator configured, with the schema's defaults. Empty without a schema. */
  readonly config: JsonObject;

  /** Makes models available. Throws when the id is taken or not listed in `contributes.modelProviders`. */
  addModelProvider(provider: ModelProvider): void;
  /** Makes a tool available to every turn. Throws when the name is taken or not listed in `contributes.tools`. */
  addTool(tool: Tool): void;
  /** Shows a surface in the catalog. Throws when the id is taken or not listed in `contributes.surfaces`. */
  addSurface(surface: Surface): SurfaceHandle;
  /** Serves an HTTP operation. Throws when the path is taken, not this extension's, or not listed in `contributes.routes`. */
  addRoute(route: ExtensionRoute): void;

  /** Lets others call it. Throws when the id is taken or not listed in `contributes.services`. */
  provideService<Methods extends ServiceMethods>(ref: ServiceRef<Methods>, methods: Methods): void;
  /** A service of an extension listed in `dependsOn`. Throws when there is none. */
  service<Methods extends ServiceMethods>(ref: ServiceRef<Methods>): ServiceOf<Methods>;

  /** Listens to a hook; may be called any number of times. */
  on<Payload>(hook: HookRef<Payload>, listener: (payload: Payload) => void | Promise<void>): void;
  /** Tells everybody who listens, and returns at once. Only hooks listed in `contributes.hooks`. */
  emit<Payload>(hook: HookRef<Payload>, payload: Payload): void;

  /** Takes part in a filter; a lower priority comes first, 0 unless told. */
  addFilter<Value, Context>(
    filter: FilterRef<Value, Context>,
    participant: (value: Value, context: Context) => Value | Promise<Value>,
    priority?: number,
  ): void;
  /** Passes a value through a filter listed in `contributes.filters`. */
  applyFilter<Value, Context>(
    filter: FilterRef<Value, Context>,
    value: Value,
    context: Context,
  ): Promise<Value>;

  /**
   * Listens to a domain event; one listener for each name. Events come one at a time, in order, at least once, those of this extension's absence
   * included, up to 30 days of it. The commit it answers is written together with the fact that the event was handled. Without
   * one that fact is written a little later, so that an event may come again behind a crash. A listener that throws
   * or needs longer than 30 s gets the event again. Needs `db`.
   */
  onEvent<Name extends string>(
    name: Name,
    listener: (event: EventOf<Name>) => Handled | Promise<Handled>,
  ): void;
  /**
   * Handles the extension's timers; one handler for all keys, one call at a time for each key. The timer is over when the handler is, unless it was set
   * again meanwhile; what the handler answers is committed together with that. A handler that throws gets the timer again, later each time. Needs `db`.
   */
  onTimer(handler: (timer: DueTimer, signal: AbortSignal) => Handled | Promise<Handled>): void;

  /** Needs `db`. */
  readonly storage: ExtensionStorage;
  /** Needs `db`. */
  readonly timers: ExtensionTimers;
  /** Writes in the extension's own namespace. Rejects with {@link HostError} when nothing can be written. Needs `db`. */
  commit(change: ExtensionCommit): Promise<ExtensionCommitOutcome>;
  /** Needs `conversations`. */
  readonly conversations: Conversations;
  /** Needs `models`. */
  readonly models: ModelCalls;
  /** Needs `queues`. */
  readonly queues: MessageQueues;
  /** Every extension of this kernel, itself included, in the order of activation; disabled ones behind the loaded ones. */
  extensions(): readonly ExtensionFacts[];
  /** Called behind each change of {@link ExtensionHost.extensions}. */
  onExtensionsChanged(listener: () => void): void;
}

/** An extension, as others see it. */
export interface ExtensionFacts {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly trust: 'bundled' | 'local' | 'external';
  readonly activation: string;
  readonly capabilities: readonly string[];
  /** Why it does not run, in one sentence for operators. Absent: it runs. */
  readonly disabled?: string;
  /** The last failure of something it added, in one sentence. Absent: none since the start. */
  readonly lastError?: string;
}

/** A call of the host that could not be carried out. */
export class HostError extends Error {
  /**
   * `storage-full` no room on the disk · `store-read-only` the store is damaged · `invalid` the value is no JSON, too large, or names what the manifest
   * does not list · `missing-capability` the manifest does not declare it · `too-late` contributions end with the activation · `ended` the extension is
   * disabled or the kernel is ending.
   */
  readonly code: 'storage-full' | 'store-read-only' | 'invalid' | 'missing-capability' | 'too-late' | 'ended';

  constructor(code: HostError['code'], message: string) {
    super(message);
    this.name = 'HostError';
    this.code = code;
  }
}
