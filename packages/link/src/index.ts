export type {
  ConfigFile,
  CredentialEntry,
  ExtensionsEntry,
  LimitsEntry,
  OidcEntry,
  TurnLimitsEntry,
} from './config-file.ts';
export { CONFIG_FILE_NAME, readConfigFile } from './config-file.ts';
export { checkPrivateDirectory, dataDirectory, ensurePrivateDirectory } from './data-directory.ts';
export { parseLinkDownFrame } from './down-frame.ts';
export type { EnvelopeErrorCode } from './envelope.ts';
export { EnvelopeError, encodeFrame, FRAME_CAP_BYTES, FrameDecoder } from './envelope.ts';
export { EXIT_CONFIGURATION, EXIT_LOCKED } from './exit-codes.ts';
export type {
  LinkCatalogFrame,
  LinkClosedFrame,
  LinkConnFrame,
  LinkDownFrame,
  LinkHelloFrame,
  LinkOpenedFrame,
  LinkRevokedFrame,
  LinkTopicFrame,
  LinkUnwatchedFrame,
  LinkUnwatchFrame,
  LinkUpFrame,
  LinkUserAtFrame,
  LinkUserEventFrame,
  LinkUserFrame,
  LinkUserGoneFrame,
  LinkUsersFrame,
  LinkWatchedFrame,
  LinkWatchFrame,
  LinkWelcomeFrame,
  Topic,
  TurnBoundary,
  TurnCursor,
  UserFrameBody,
} from './frames.ts';
export { LINK_VERSION } from './frames.ts';
export {
  redeemTicketBodySchema,
  startSessionBodySchema,
  ticketBodySchema,
  verifyBodySchema,
} from './identity-bodies.ts';
export type {
  Credential,
  RedeemTicketBody,
  StartSessionAnswer,
  StartSessionBody,
  TicketBody,
  VerifyAnswer,
  VerifyBody,
} from './identity-routes.ts';
export { IDENTITY_ROUTES } from './identity-routes.ts';
export type {
  InvokeSurfaceAnswer,
  InvokeSurfaceBody,
  KernelMetricsAnswer,
  KernelReadyAnswer,
  StartTurnAnswer,
  StartTurnBody,
  SurfaceState,
} from './internal-routes.ts';
export { INTERNAL_ROUTES } from './internal-routes.ts';
export { invokeSurfaceBodySchema } from './invoke-surface-body.ts';
export type { UnknownVariable } from './known-variables.ts';
export { KNOWN_VARIABLES, unknownVariables } from './known-variables.ts';
export { isSameSecret, readLinkSecret, writeLinkSecret } from './link-secret.ts';
export type { LogOutput } from './log-output.ts';
export { createLogOutput } from './log-output.ts';
export { LOG_REDACTION } from './log-redaction.ts';
export { addressClass, networkAddress } from './network-address.ts';
export type { OidcAlgorithm, OidcSettings } from './oidc-settings.ts';
export { oidcSettings } from './oidc-settings.ts';
export type { Principal } from './principal.ts';
export {
  decodePrincipal,
  encodePrincipal,
  LINK_SECRET_HEADER,
  LOCAL_OWNER,
  OPERATOR_SESSION,
  PRINCIPAL_HEADER,
  REQUEST_ID_HEADER,
} from './principal.ts';
export { PRODUCT_VERSION } from './product-version.ts';
export { Secret } from './secret.ts';
export type { Environment, SettingSource } from './settings.ts';
export {
  isLoopbackHost,
  parseFlags,
  pickSetting,
  portSetting,
  readSecretFile,
  SettingsError,
  secretSetting,
} from './settings.ts';
export type { SocketPaths } from './socket-paths.ts';
export { socketPaths } from './socket-paths.ts';
export { startTurnBodySchema } from './start-turn-body.ts';
export type { SurfaceTopicParts } from './topic.ts';
export { conversationOfTopic, readSurfaceTopic, surfaceTopic, turnTopic } from './topic.ts';
export { parseLinkUpFrame } from './up-frame.ts';
export { writeTogether } from './write-together.ts';
