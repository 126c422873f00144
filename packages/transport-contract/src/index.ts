export type { AgentEvent, StepMetrics, StoredChunk, TurnMetrics } from '@dispatch/wire';
export type {
  AnswerApprovalRequest,
  AnswerApprovalResponse,
  ApprovalGrant,
  ApprovalsResponse,
  GrantsResponse,
} from './approvals.ts';
export type { ChatDeltaMessage } from './chat-delta.ts';
export type { ChatErrorMessage } from './chat-error.ts';
export type { ChatRequest } from './chat-request.ts';
export type { ChatResetMessage, ChatResetReason } from './chat-reset.ts';
export type { ChatSendMessage } from './chat-send.ts';
export type { ChatSubscribeMessage, ChatUnsubscribeMessage } from './chat-subscribe.ts';
export type { CloseCode } from './close-codes.ts';
export { CLOSE_CODES, isResumable } from './close-codes.ts';
export type { CloseConversationResponse } from './close-conversation.ts';
export type { ConversationHistoryQuery, ConversationHistoryResponse } from './conversation-history.ts';
export type { ConversationMetricsResponse } from './conversation-metrics.ts';
export type { ConversationModelResponse, SetConversationModelRequest } from './conversation-model.ts';
export type { ConversationStatusResponse } from './conversation-status.ts';
export type { SetTitleRequest, TitleResponse } from './conversation-title.ts';
export type {
  ConversationStatus,
  ConversationSummary,
  ConversationsQuery,
  ConversationsResponse,
} from './conversations.ts';
export type { CwdResponse, SetCwdRequest } from './cwd.ts';
export type { ErrorCode, ErrorDefinition } from './error-codes.ts';
export type { ErrorMessage } from './error-message.ts';
export type { ErrorResponse } from './error-response.ts';
export { ERRORS } from './errors.ts';
export type { AckMessage, FrameId, FrameRefusal } from './frame-answer.ts';
export type { FrameDefinition } from './frames.ts';
export { CLIENT_FRAMES, SERVER_FRAMES } from './frames.ts';
export type {
  ByeMessage,
  ClientPingMessage,
  KernelStatusMessage,
  PingMessage,
  PongMessage,
} from './heartbeat.ts';
export type { ClientHelloMessage, ContractVersions, GatewayLimits, HelloMessage } from './hello.ts';
export { CAPABILITIES } from './hello.ts';
export type {
  CreateTokenRequest,
  CreateTokenResponse,
  MeResponse,
  RevokedResponse,
  SessionKind,
  SessionSummary,
  SessionsResponse,
  SignInRequest,
  TicketResponse,
  TokenSummary,
  TokensResponse,
} from './identity.ts';
export type { LspServerInfo, LspServerState, LspStatusResponse } from './lsp-status.ts';
export type { WsClientMessage, WsServerMessage } from './messages.ts';
export type { MetricsText } from './metrics-text.ts';
export type { ModelsResponse, UnavailableCredential } from './models.ts';
export type {
  AuditEntry,
  AuditQuery,
  AuditResponse,
  ChangeUserRequest,
  CreateUserRequest,
  UserResponse,
  UserSummary,
  UsersResponse,
} from './people.ts';
export type {
  ClientPresenceUpdateMessage,
  PresenceResponse,
  PresenceSnapshotMessage,
  PresenceStatusMessage,
  PresenceUpdateMessage,
  SetStatusRequest,
} from './presence.ts';
export type {
  CancelQueuedResponse,
  ChangeQueuedRequest,
  ChangeQueuedResponse,
  QueuedMessage,
  QueueMessageRequest,
  QueueMessageResponse,
  QueueMode,
  QueueResponse,
} from './queue.ts';
export { routePath } from './route-path.ts';
export { ROUTES } from './route-table.ts';
export type { Route, RouteName } from './routes.ts';
export type { Scope } from './scope.ts';
export type { HealthResponse, ReadyResponse, VersionResponse } from './service-status.ts';
export type { StopConversationRequest, StopConversationResponse } from './stop-conversation.ts';
export type {
  ThroughputModelStat,
  ThroughputPeriod,
  ThroughputQuery,
  ThroughputResponse,
} from './throughput.ts';
export type { TypingStartMessage, TypingStopMessage } from './typing.ts';
export type { UserEventMessage, UserResumeReason, UserSkipMessage } from './user-stream.ts';
export { TRANSPORT_CONTRACT_VERSION } from './version.ts';
export type {
  ActivateVersionRequest,
  ActivateVersionResponse,
  ForkRequest,
  ForkResponse,
  RegenerateRequest,
  RegenerateResponse,
  TurnEffect,
  TurnReplacedMessage,
  VersionSummary,
  VersionsQuery,
  VersionsResponse,
} from './versions.ts';
export type { WarmRequest, WarmResponse } from './warm.ts';
