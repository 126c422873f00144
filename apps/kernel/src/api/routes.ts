import { IDENTITY_ROUTES, INTERNAL_ROUTES } from '@dispatch/link';
import { ROUTES, type Route } from '@dispatch/transport-contract';
import { checkPolicy, INTERNAL_POLICY, type PolicyRow, ROUTE_POLICY } from '../policy/policy-table.ts';
import { activateVersion } from './activate-version.ts';
import type { ApiHandler } from './api-handler.ts';
import { answerApproval, approvals } from './approvals.ts';
import { audit } from './audit.ts';
import { claimedRoute } from './claimed-route.ts';
import { closeConversation } from './close-conversation.ts';
import { conversationMetrics } from './conversation-metrics.ts';
import { conversationModel, setConversationModel } from './conversation-model.ts';
import { conversationStatus } from './conversation-status.ts';
import { conversations } from './conversations.ts';
import { redeemTicket, startSession, ticket, verify } from './credentials.ts';
import { cwd, setCwd } from './cwd.ts';
import { fork } from './fork.ts';
import type { KernelRouteName } from './gateway-routes.ts';
import { grants, revokeGrant } from './grants.ts';
import { history } from './history.ts';
import { invokeSurface } from './invoke-surface.ts';
import { lspStatus } from './lsp-status.ts';
import { me } from './me.ts';
import { metrics } from './metrics.ts';
import { models } from './models.ts';
import { presence, setStatus } from './presence.ts';
import { cancelQueued, changeQueued, queue, queueMessage } from './queue.ts';
import { ready } from './ready.ts';
import { regenerate } from './regenerate.ts';
import { endSession, sessions } from './sessions.ts';
import { startTurn } from './start-turn.ts';
import { stopConversation } from './stop-conversation.ts';
import { throughput } from './throughput.ts';
import { setTitle, title } from './title.ts';
import { createToken, revokeToken, tokens } from './tokens.ts';
import { changeUser, createUser, users } from './users.ts';
import { versions } from './versions.ts';

/** One handler for each public route of the kernel; a missing or surplus one does not compile. */
export const HANDLERS: { readonly [Name in KernelRouteName]: ApiHandler } = {
  models,
  warm: claimedRoute('warm', 'warm-unavailable', 'no extension warms prompt caches here'),
  conversations,
  history,
  conversationMetrics,
  closeConversation,
  stopConversation,
  regenerate,
  versions,
  activateVersion,
  fork,
  conversationStatus,
  cwd,
  setCwd,
  title,
  setTitle,
  conversationModel,
  setConversationModel,
  lsp: lspStatus,
  throughput,
  approvals,
  answerApproval,
  grants,
  revokeGrant,
  me,
  sessions,
  endSession,
  tokens,
  createToken,
  revokeToken,
  users,
  createUser,
  changeUser,
  audit,
  presence,
  setStatus,
  queueMessage,
  queue,
  changeQueued,
  cancelQueued,
};

type InternalName = keyof typeof INTERNAL_POLICY;

/** The same for what only gateways ask. */
const INTERNAL_HANDLERS: { readonly [Name in InternalName]: ApiHandler } = {
  startTurn,
  invokeSurface,
  ready,
  verify,
  startSession,
  ticket,
  redeemTicket,
  metrics,
};

/** A route of rpc.sock with what answers it. */
export interface MountedRoute {
  readonly method: string;
  /** With `:id` where the conversation stands. */
  readonly path: string;
  readonly handler: ApiHandler;
  /** Status of its answer. */
  readonly status: number;
  /** Who may ask. */
  readonly policy: PolicyRow;
}

/** Everything rpc.sock answers. Throws when the policy and the contract disagree about a route. */
export function mountedRoutes(): readonly MountedRoute[] {
  checkPolicy(ROUTES);
  const names = Object.keys(HANDLERS) as KernelRouteName[];
  const internal = Object.entries({ ...INTERNAL_ROUTES, ...IDENTITY_ROUTES }) as [
    InternalName,
    InternalPath,
  ][];
  return [
    ...names.map((name) => {
      const { method, path, status }: Route = ROUTES[name];
      return { method, path, status: status ?? 200, handler: HANDLERS[name], policy: ROUTE_POLICY[name] };
    }),
    ...internal.map(([name, { method, path }]) => {
      return { method, path, status: 200, handler: INTERNAL_HANDLERS[name], policy: INTERNAL_POLICY[name] };
    }),
  ];
}

interface InternalPath {
  readonly method: string;
  readonly path: string;
}
