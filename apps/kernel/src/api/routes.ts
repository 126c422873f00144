import { INTERNAL_ROUTES } from '@dispatch/link';
import { ROUTES, type RouteName } from '@dispatch/transport-contract';
import type { ApiHandler } from './api-handler.ts';
import { claimedRoute } from './claimed-route.ts';
import { closeConversation } from './close-conversation.ts';
import { conversationMetrics } from './conversation-metrics.ts';
import { conversationModel, setConversationModel } from './conversation-model.ts';
import { conversationStatus } from './conversation-status.ts';
import { conversations } from './conversations.ts';
import { cwd, setCwd } from './cwd.ts';
import { history } from './history.ts';
import { invokeSurface } from './invoke-surface.ts';
import { lspStatus } from './lsp-status.ts';
import { metrics } from './metrics.ts';
import { models } from './models.ts';
import { presence, setStatus } from './presence.ts';
import { ready } from './ready.ts';
import { startTurn } from './start-turn.ts';
import { stopConversation } from './stop-conversation.ts';
import { throughput } from './throughput.ts';
import { setTitle, title } from './title.ts';

/** Public routes the gateway answers itself: they need its own state or they stream, and rpc.sock never streams. */
export const GATEWAY_ROUTES = [
  'health',
  'ready',
  'version',
  'chat',
  'metrics',
] as const satisfies readonly RouteName[];

/** Public routes the kernel answers. */
export type KernelRouteName = Exclude<RouteName, (typeof GATEWAY_ROUTES)[number]>;

/** One handler for each public route of the kernel; a missing or surplus one does not compile. */
export const HANDLERS: { readonly [Name in KernelRouteName]: ApiHandler } = {
  models,
  warm: claimedRoute('warm', 'warm-unavailable', 'no extension warms prompt caches here'),
  conversations,
  history,
  conversationMetrics,
  closeConversation,
  stopConversation,
  conversationStatus,
  cwd,
  setCwd,
  title,
  setTitle,
  conversationModel,
  setConversationModel,
  lsp: lspStatus,
  throughput,
  presence,
  setStatus,
};

/** A route of rpc.sock with what answers it. */
export interface MountedRoute {
  readonly method: string;
  /** With `:id` where the conversation stands. */
  readonly path: string;
  readonly handler: ApiHandler;
  /** False: asked by the gateway for itself, so there is no user. */
  readonly needsPrincipal: boolean;
}

/** Everything rpc.sock answers. */
export function mountedRoutes(): readonly MountedRoute[] {
  const names = Object.keys(HANDLERS) as KernelRouteName[];
  return [
    ...names.map((name) => ({
      method: ROUTES[name].method,
      path: ROUTES[name].path,
      handler: HANDLERS[name],
      needsPrincipal: true,
    })),
    { ...INTERNAL_ROUTES.startTurn, handler: startTurn, needsPrincipal: true },
    { ...INTERNAL_ROUTES.invokeSurface, handler: invokeSurface, needsPrincipal: true },
    { ...INTERNAL_ROUTES.ready, handler: ready, needsPrincipal: false },
    { ...INTERNAL_ROUTES.metrics, handler: metrics, needsPrincipal: false },
  ];
}
