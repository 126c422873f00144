import type { IDENTITY_ROUTES, INTERNAL_ROUTES, LinkUpFrame } from '@dispatch/link';
import type { RouteName, Scope } from '@dispatch/transport-contract';
import type { KernelRouteName } from '../api/gateway-routes.ts';

/**
 * What a request is about. `conversation`: its owner's alone, and foreign as unknown · `own`: what belongs to the caller · `surface`: as its audience says ·
 * `instance`: the same for everybody who may · `link`: the gateway's own affairs, in nobody's name.
 */
export type Resource = 'conversation' | 'own' | 'surface' | 'instance' | 'link';

/** What somebody has to be allowed, to do one thing. */
export interface PolicyRow {
  /** `<noun>.<verb>`, for the audit trail. */
  readonly action: string;
  readonly scope: Scope;
  readonly about: Resource;
}

/** What is asked of whom by public routes. A route without a row, and a row without its route, do not compile. */
export const ROUTE_POLICY: { readonly [Name in KernelRouteName]: PolicyRow } = {
  models: { action: 'models.read', scope: 'chat:read', about: 'instance' },
  warm: { action: 'conversation.warm', scope: 'chat:write', about: 'conversation' },
  conversations: { action: 'conversations.list', scope: 'chat:read', about: 'own' },
  history: { action: 'conversation.read', scope: 'chat:read', about: 'conversation' },
  conversationMetrics: { action: 'conversation.read', scope: 'chat:read', about: 'conversation' },
  closeConversation: { action: 'conversation.close', scope: 'chat:write', about: 'conversation' },
  stopConversation: { action: 'conversation.stop', scope: 'chat:write', about: 'conversation' },
  regenerate: { action: 'conversation.regenerate', scope: 'chat:write', about: 'conversation' },
  versions: { action: 'conversation.read', scope: 'chat:read', about: 'conversation' },
  activateVersion: { action: 'conversation.change', scope: 'chat:write', about: 'conversation' },
  fork: { action: 'conversation.fork', scope: 'chat:write', about: 'conversation' },
  conversationStatus: { action: 'conversation.read', scope: 'chat:read', about: 'conversation' },
  cwd: { action: 'conversation.read', scope: 'chat:read', about: 'conversation' },
  setCwd: { action: 'conversation.change', scope: 'chat:write', about: 'conversation' },
  title: { action: 'conversation.read', scope: 'chat:read', about: 'conversation' },
  setTitle: { action: 'conversation.change', scope: 'chat:write', about: 'conversation' },
  conversationModel: { action: 'conversation.read', scope: 'chat:read', about: 'conversation' },
  setConversationModel: { action: 'conversation.change', scope: 'chat:write', about: 'conversation' },
  lsp: { action: 'conversation.read', scope: 'chat:read', about: 'conversation' },
  throughput: { action: 'throughput.read', scope: 'chat:read', about: 'instance' },
  approvals: { action: 'approvals.list', scope: 'chat:read', about: 'own' },
  answerApproval: { action: 'approval.answer', scope: 'chat:write', about: 'conversation' },
  grants: { action: 'conversation.read', scope: 'chat:read', about: 'conversation' },
  revokeGrant: { action: 'grant.revoke', scope: 'chat:write', about: 'conversation' },
  me: { action: 'me.read', scope: 'signed-in', about: 'own' },
  sessions: { action: 'sessions.list', scope: 'signed-in', about: 'own' },
  endSession: { action: 'session.end', scope: 'signed-in', about: 'own' },
  tokens: { action: 'tokens.list', scope: 'signed-in', about: 'own' },
  createToken: { action: 'token.create', scope: 'signed-in', about: 'own' },
  revokeToken: { action: 'token.revoke', scope: 'signed-in', about: 'own' },
  users: { action: 'users.list', scope: 'admin', about: 'instance' },
  createUser: { action: 'user.create', scope: 'admin', about: 'instance' },
  changeUser: { action: 'user.change', scope: 'admin', about: 'instance' },
  audit: { action: 'audit.read', scope: 'admin', about: 'instance' },
  queueMessage: { action: 'queue.add', scope: 'chat:write', about: 'conversation' },
  queue: { action: 'queue.read', scope: 'chat:read', about: 'conversation' },
  changeQueued: { action: 'queue.change', scope: 'chat:write', about: 'conversation' },
  cancelQueued: { action: 'queue.change', scope: 'chat:write', about: 'conversation' },
  presence: { action: 'presence.read', scope: 'signed-in', about: 'instance' },
  setStatus: { action: 'status.set', scope: 'signed-in', about: 'own' },
};

/** The same for routes that only gateways call, in the name of whoever asked them. */
export const INTERNAL_POLICY: {
  readonly [Name in keyof typeof INTERNAL_ROUTES | keyof typeof IDENTITY_ROUTES]: PolicyRow;
} = {
  startTurn: { action: 'conversation.send', scope: 'chat:write', about: 'conversation' },
  invokeSurface: { action: 'surface.invoke', scope: 'chat:write', about: 'surface' },
  ready: { action: 'kernel.ready', scope: 'public', about: 'link' },
  metrics: { action: 'metrics.read', scope: 'public', about: 'link' },
  verify: { action: 'credential.verify', scope: 'public', about: 'link' },
  redeemTicket: { action: 'ticket.redeem', scope: 'public', about: 'link' },
  startSession: { action: 'session.start', scope: 'signed-in', about: 'own' },
  ticket: { action: 'ticket.create', scope: 'signed-in', about: 'own' },
};

type UpFrameType = Exclude<LinkUpFrame['type'], 'hello' | 'watch'> | 'watch turn' | 'watch surface';

/** The same for frames of events.sock behind the hello. A watch brings its replay, and resumes from a cursor: one row for all three. */
export const FRAME_POLICY: { readonly [Type in UpFrameType]: PolicyRow } = {
  'watch turn': { action: 'conversation.watch', scope: 'chat:read', about: 'conversation' },
  'watch surface': { action: 'surface.watch', scope: 'chat:read', about: 'surface' },
  unwatch: { action: 'watch.end', scope: 'public', about: 'link' },
  // One for all connections of a person; which of them may be told is looked at by the gateway, what may still be told by the replay.
  user: { action: 'user-stream.follow', scope: 'public', about: 'link' },
  opened: { action: 'presence.open', scope: 'public', about: 'link' },
  closed: { action: 'presence.close', scope: 'public', about: 'link' },
  'user-gone': { action: 'user-stream.leave', scope: 'public', about: 'link' },
};

/** The row of a route that an extension brought; the scope is what its author declared. */
export function extensionRoutePolicy(extensionId: string, scope: Scope): PolicyRow {
  return { action: `extension.${extensionId}`, scope, about: 'instance' };
}

/** Throws when a registered route asks for another scope than its contract told everybody. */
export function checkPolicy(routes: { readonly [Name in RouteName]: { readonly scope: Scope } }): void {
  for (const [name, row] of Object.entries(ROUTE_POLICY)) {
    const { scope } = routes[name as KernelRouteName];
    if (scope !== row.scope)
      throw new Error(`The policy of route ${name} asks for ${row.scope}, its contract for ${scope}.`);
  }
}
