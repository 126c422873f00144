export { getJson } from './answer/get-json.ts';
export { type AnswerGuard, guardAnswer } from './answer/guard-answer.ts';
export { possibleCount, possibleUsage } from './answer/possible-usage.ts';
export { type AnswerFormat, type AnswerWatch, watchAnswer } from './answer/watch-answer.ts';
export { type WatchedCalls, watchedCalls } from './answer/watched-calls.ts';
export { classifyFailure } from './failure/classify-failure.ts';
export { ProviderError } from './failure/provider-error.ts';
export type { ExtensionHost } from './host.ts';
export type { Extension, ExtensionContributions, ExtensionManifest } from './manifest.ts';
export type {
  CredentialSettings,
  ModelProvider,
  ProviderFailure,
  ProviderFailureCode,
} from './model-provider.ts';
export { PROVIDER_FAILURE_CODES } from './model-provider.ts';
export type { JsonSchema, JsonValue, Tool, ToolContext, ToolResult } from './tool.ts';
export { EXTENSION_API_VERSION, packageVersion } from './version.ts';
