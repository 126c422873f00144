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
