export { agentEventSchema } from '@dispatch/wire/schema';
export {
  answerApprovalRequestSchema,
  answerApprovalResponseSchema,
  approvalsResponseSchema,
  grantsResponseSchema,
} from './approvals.ts';
export type { SchemasByType } from './by-type.ts';
export { chatRequestSchema, chatSendMessageSchema } from './chat-request.ts';
export { chatSubscribeMessageSchema, chatUnsubscribeMessageSchema } from './chat-subscribe.ts';
export {
  clientFrameSchemas,
  clientHelloMessageSchema,
  clientPingMessageSchema,
  wsClientMessageSchema,
} from './client-messages.ts';
export {
  closeConversationResponseSchema,
  stopConversationRequestSchema,
  stopConversationResponseSchema,
} from './close-and-stop.ts';
export {
  conversationHistoryQuerySchema,
  conversationHistoryResponseSchema,
  conversationMetricsResponseSchema,
} from './conversation-history.ts';
export {
  conversationModelResponseSchema,
  cwdResponseSchema,
  setConversationModelRequestSchema,
  setCwdRequestSchema,
  setTitleRequestSchema,
  titleResponseSchema,
} from './conversation-settings.ts';
export {
  conversationStatusResponseSchema,
  conversationStatusSchema,
  conversationsQuerySchema,
  conversationsResponseSchema,
} from './conversations.ts';
export { errorCodeSchema, errorResponseSchema } from './errors.ts';
export { contractVersionsSchema, helloMessageSchema, versionResponseSchema } from './hello.ts';
export {
  conversationIdSchema,
  cwdSchema,
  frameIdSchema,
  idempotencyKeySchema,
  messageTextSchema,
  modelNameSchema,
} from './inbound-fields.ts';
export { metricsTextSchema } from './metrics-text.ts';
export {
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
export {
  clientPresenceUpdateMessageSchema,
  presenceResponseSchema,
  presenceSnapshotMessageSchema,
  presenceStatusMessageSchema,
  presenceUpdateMessageSchema,
  setStatusRequestSchema,
} from './presence.ts';
export {
  cancelQueuedResponseSchema,
  changeQueuedRequestSchema,
  changeQueuedResponseSchema,
  queuedMessageSchema,
  queueMessageRequestSchema,
  queueMessageResponseSchema,
  queueResponseSchema,
} from './queue.ts';
export type { RouteSchemas } from './route-schemas.ts';
export { routeSchemas } from './route-schemas.ts';
export { serverFrameSchemas, wsServerMessageSchema } from './server-messages.ts';
export {
  healthResponseSchema,
  lspStatusResponseSchema,
  modelsResponseSchema,
  readyResponseSchema,
} from './service-status.ts';
export {
  meResponseSchema,
  revokedResponseSchema,
  signInRequestSchema,
  ticketResponseSchema,
} from './sign-in.ts';
export { throughputQuerySchema, throughputResponseSchema } from './throughput.ts';
export { typingStartMessageSchema, typingStopMessageSchema } from './typing.ts';
export {
  activateVersionRequestSchema,
  activateVersionResponseSchema,
  forkRequestSchema,
  forkResponseSchema,
  regenerateRequestSchema,
  regenerateResponseSchema,
  versionsQuerySchema,
  versionsResponseSchema,
} from './versions.ts';
export { warmRequestSchema, warmResponseSchema } from './warm.ts';
