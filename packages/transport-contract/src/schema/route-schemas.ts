import { presenceSchema } from '@dispatch/collab-contract/schema';
import { agentEventSchema } from '@dispatch/wire/schema';
import type { z } from 'zod';
import type { RouteName } from '../index.ts';
import {
  answerApprovalRequestSchema,
  answerApprovalResponseSchema,
  approvalsResponseSchema,
  grantsResponseSchema,
} from './approvals.ts';
import { chatRequestSchema } from './chat-request.ts';
import {
  closeConversationResponseSchema,
  stopConversationRequestSchema,
  stopConversationResponseSchema,
} from './close-and-stop.ts';
import {
  conversationHistoryQuerySchema,
  conversationHistoryResponseSchema,
  conversationMetricsResponseSchema,
} from './conversation-history.ts';
import {
  conversationModelResponseSchema,
  cwdResponseSchema,
  setConversationModelRequestSchema,
  setCwdRequestSchema,
  setTitleRequestSchema,
  titleResponseSchema,
} from './conversation-settings.ts';
import {
  conversationStatusResponseSchema,
  conversationsQuerySchema,
  conversationsResponseSchema,
} from './conversations.ts';
import { versionResponseSchema } from './hello.ts';
import { metricsTextSchema } from './metrics-text.ts';
import {
  auditQuerySchema,
  auditResponseSchema,
  changeUserRequestSchema,
  createTokenRequestSchema,
  createTokenResponseSchema,
  createUserRequestSchema,
  sessionsResponseSchema,
  tokensResponseSchema,
  userResponseSchema,
  usersResponseSchema,
} from './people.ts';
import { presenceResponseSchema, setStatusRequestSchema } from './presence.ts';
import {
  cancelQueuedResponseSchema,
  changeQueuedRequestSchema,
  changeQueuedResponseSchema,
  queueMessageRequestSchema,
  queueMessageResponseSchema,
  queueResponseSchema,
} from './queue.ts';
import {
  healthResponseSchema,
  lspStatusResponseSchema,
  modelsResponseSchema,
  readyResponseSchema,
} from './service-status.ts';
import {
  meResponseSchema,
  revokedResponseSchema,
  signInRequestSchema,
  ticketResponseSchema,
} from './sign-in.ts';
import { throughputQuerySchema, throughputResponseSchema } from './throughput.ts';
import {
  activateVersionRequestSchema,
  activateVersionResponseSchema,
  forkRequestSchema,
  forkResponseSchema,
  regenerateRequestSchema,
  regenerateResponseSchema,
  versionsQuerySchema,
  versionsResponseSchema,
} from './versions.ts';
import { warmRequestSchema, warmResponseSchema } from './warm.ts';

/** What goes into and comes out of one route. */
export interface RouteSchemas {
  /** Reads the query. Absent: it takes none. */
  readonly query?: z.ZodType;
  /** Reads the body. Absent: it takes none. */
  readonly request?: z.ZodType;
  /** Checks the body of its answer; for `chat` one line of it. */
  readonly response: z.ZodType;
}

/** The schemas of every row of `ROUTES`. */
export const routeSchemas: { readonly [Name in RouteName]: RouteSchemas } = {
  health: { response: healthResponseSchema },
  ready: { response: readyResponseSchema },
  version: { response: versionResponseSchema },
  models: { response: modelsResponseSchema },
  chat: { request: chatRequestSchema, response: agentEventSchema },
  warm: { request: warmRequestSchema, response: warmResponseSchema },
  conversations: { query: conversationsQuerySchema, response: conversationsResponseSchema },
  history: { query: conversationHistoryQuerySchema, response: conversationHistoryResponseSchema },
  conversationMetrics: { response: conversationMetricsResponseSchema },
  closeConversation: { response: closeConversationResponseSchema },
  stopConversation: { request: stopConversationRequestSchema, response: stopConversationResponseSchema },
  regenerate: { request: regenerateRequestSchema, response: regenerateResponseSchema },
  versions: { query: versionsQuerySchema, response: versionsResponseSchema },
  activateVersion: { request: activateVersionRequestSchema, response: activateVersionResponseSchema },
  fork: { request: forkRequestSchema, response: forkResponseSchema },
  conversationStatus: { response: conversationStatusResponseSchema },
  cwd: { response: cwdResponseSchema },
  setCwd: { request: setCwdRequestSchema, response: cwdResponseSchema },
  title: { response: titleResponseSchema },
  setTitle: { request: setTitleRequestSchema, response: titleResponseSchema },
  conversationModel: { response: conversationModelResponseSchema },
  setConversationModel: {
    request: setConversationModelRequestSchema,
    response: conversationModelResponseSchema,
  },
  lsp: { response: lspStatusResponseSchema },
  throughput: { query: throughputQuerySchema, response: throughputResponseSchema },
  approvals: { response: approvalsResponseSchema },
  answerApproval: { request: answerApprovalRequestSchema, response: answerApprovalResponseSchema },
  grants: { response: grantsResponseSchema },
  revokeGrant: { response: revokedResponseSchema },
  me: { response: meResponseSchema },
  sessions: { response: sessionsResponseSchema },
  endSession: { response: revokedResponseSchema },
  tokens: { response: tokensResponseSchema },
  createToken: { request: createTokenRequestSchema, response: createTokenResponseSchema },
  revokeToken: { response: revokedResponseSchema },
  users: { response: usersResponseSchema },
  createUser: { request: createUserRequestSchema, response: userResponseSchema },
  changeUser: { request: changeUserRequestSchema, response: userResponseSchema },
  audit: { query: auditQuerySchema, response: auditResponseSchema },
  signIn: { request: signInRequestSchema, response: meResponseSchema },
  signOut: { response: revokedResponseSchema },
  ticket: { response: ticketResponseSchema },
  presence: { response: presenceResponseSchema },
  setStatus: { request: setStatusRequestSchema, response: presenceSchema },
  queueMessage: { request: queueMessageRequestSchema, response: queueMessageResponseSchema },
  queue: { response: queueResponseSchema },
  changeQueued: { request: changeQueuedRequestSchema, response: changeQueuedResponseSchema },
  cancelQueued: { response: cancelQueuedResponseSchema },
  metrics: { response: metricsTextSchema },
};
