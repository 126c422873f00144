export { getJson } from './answer/get-json.ts';
export { type AnswerGuard, guardAnswer } from './answer/guard-answer.ts';
export { possibleCount, possibleUsage } from './answer/possible-usage.ts';
export { type AnswerFormat, type AnswerWatch, watchAnswer } from './answer/watch-answer.ts';
export { type WatchedCalls, watchedCalls } from './answer/watched-calls.ts';
export type { ConversationFacts, Conversations } from './conversations.ts';
export type {
  ConversationClosedPayload,
  DomainEvent,
  EventOf,
  KernelEvents,
  TurnSealedPayload,
} from './events.ts';
export { classifyFailure } from './failure/classify-failure.ts';
export { ProviderError } from './failure/provider-error.ts';
export { button, custom, number, progress, selector, stat, toggle } from './fields.ts';
export { defineFilter, type FilterRef, TURN_TOOLS, type TurnToolsContext } from './filters.ts';
export {
  defineHook,
  type HookRef,
  QUEUE_CHANGED,
  type QueueChangedPayload,
  TURN_STARTED,
  type TurnStartedPayload,
} from './hooks.ts';
export {
  type ExtensionClock,
  type ExtensionFacts,
  type ExtensionHost,
  type ExtensionLog,
  type Handled,
  HostError,
} from './host.ts';
export type { JsonObject, JsonSchema, JsonValue } from './json.ts';
export type {
  Extension,
  ExtensionCapabilities,
  ExtensionContributions,
  ExtensionManifest,
  ExtensionTrust,
} from './manifest.ts';
export type {
  MessageQueues,
  QueuedMessage,
  QueuedMessageChange,
  QueuedMessageOutcome,
  QueuedMessageRef,
  QueuedMessages,
} from './message-queues.ts';
export type { ModelCalls, ModelSource, WarmCall, WarmOutcome, WarmRefusal } from './model-calls.ts';
export type {
  CredentialSettings,
  ModelProvider,
  ProviderFailure,
  ProviderFailureCode,
} from './model-provider.ts';
export { PROVIDER_FAILURE_CODES } from './model-provider.ts';
export { type ExtensionRoute, RouteError, type RouteRequest } from './route.ts';
export { defineService, type ServiceMethods, type ServiceOf, type ServiceRef } from './services.ts';
export type {
  ExtensionCommit,
  ExtensionCommitOutcome,
  ExtensionRow,
  ExtensionStorage,
} from './storage.ts';
export { type Surface, type SurfaceContext, type SurfaceHandle, SurfaceRefusal } from './surface.ts';
export type { DueTimer, ExtensionTimers, TimerSetting } from './timers.ts';
export type { Tool, ToolApproval, ToolContext, ToolResult } from './tool.ts';
export { EXTENSION_API_VERSION, packageVersion } from './version.ts';
export { isVisibleText, visibleText } from './visible-text.ts';
