import type {
  ExtensionRoute,
  ModelProvider,
  ServiceMethods,
  Surface,
  SurfaceHandle,
  Tool,
} from '@dispatch/extension-api';
import type { EventListener } from './event-delivery.ts';
import type { TimerHandler } from './timer-runner.ts';

/** What one extension added while it activated; it becomes visible only when all of it is in order. */
export interface Contributions {
  readonly providers: Map<string, ModelProvider>;
  readonly tools: Map<string, Tool>;
  readonly surfaces: Map<string, StagedSurface>;
  /** By `METHOD /path`. */
  readonly routes: Map<string, ExtensionRoute>;
  readonly services: Map<string, ServiceMethods>;
  readonly hooks: { readonly hookId: string; readonly listener: (payload: unknown) => unknown }[];
  readonly filters: {
    readonly filterId: string;
    readonly participant: (value: unknown, context: unknown) => unknown;
    readonly priority: number;
  }[];
  readonly listeners: Map<string, EventListener>;
  timerHandler: TimerHandler | undefined;
  readonly factsListeners: (() => void)[];
}

/** A surface whose handle exists before it is in the catalog. */
export interface StagedSurface {
  readonly surface: Surface;
  /** Set when the surface enters the catalog. Changes told before concern nobody. */
  handle: SurfaceHandle | undefined;
}

export function noContributions(): Contributions {
  return {
    providers: new Map(),
    tools: new Map(),
    surfaces: new Map(),
    routes: new Map(),
    services: new Map(),
    hooks: [],
    filters: [],
    listeners: new Map(),
    timerHandler: undefined,
    factsListeners: [],
  };
}
