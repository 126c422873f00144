import type { Principal } from '@dispatch/link';
import type { Approvals } from '../approval/approvals.ts';
import type { ExtensionRoutes } from '../extension/extension-routes.ts';
import type { Identity } from '../identity/identity.ts';
import type { KernelMetrics } from '../metrics/kernel-metrics.ts';
import type { Policy } from '../policy/policy.ts';
import type { Clock, Ids, Log, Models, Store, Turns } from '../ports.ts';
import type { PresenceRegistry } from '../presence/presence-registry.ts';
import type { MessageQueue } from '../queue/message-queue.ts';
import type { SurfaceRegistry } from '../surface/surface-registry.ts';

/** One request, after the link's secret and the principal were checked. */
export interface ApiRequest {
  /** Who asks. The only identity a handler may use. */
  readonly userId: string;
  /** The same, with what they showed and what it allows. */
  readonly principal: Principal;
  /** The conversation in the path, checked; empty on routes without one. */
  readonly conversationId: string;
  /** The other parameters of the path, decoded. Whether there is such a thing is not decided here. */
  readonly params: Readonly<Record<string, string>>;
  /** As text, by name; of a name given twice the last one counts. */
  readonly query: Readonly<Record<string, string>>;
  header(name: string): string | undefined;
  /** The body as JSON, whatever its content type says; undefined when it is empty. Throws `ApiError` when it is not JSON. */
  body(): Promise<unknown>;
  /** Aborted when the caller went away. */
  readonly signal: AbortSignal;
}

/** What handlers work with. */
export interface ApiParts {
  readonly store: Store;
  readonly identity: Identity;
  readonly policy: Policy;
  readonly turns: Turns;
  readonly queue: MessageQueue;
  readonly approvals: Pick<Approvals, 'answer' | 'moved'>;
  readonly models: Models;
  readonly surfaces: SurfaceRegistry;
  readonly presence: PresenceRegistry;
  readonly metrics: Pick<KernelMetrics, 'text'>;
  readonly extensionRoutes: ExtensionRoutes;
  /** Gives up what runs for a conversation by itself: its user closed it. */
  readonly giveUp: (conversationId: string) => void;
  /** Something an extension added failed; `what` names it, for operators. */
  readonly onExtensionFailure: (extensionId: string, what: string, error: unknown) => void;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** True: the kernel is shutting down. */
  isDraining(): boolean;
}

/** Answers a route with the body of its answer, or throws `ApiError`. */
export type ApiHandler = (request: ApiRequest, parts: ApiParts) => Promise<object>;
