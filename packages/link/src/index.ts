export type {
  LinkConnFrame,
  LinkDownFrame,
  LinkHelloFrame,
  LinkTopicFrame,
  LinkUnwatchFrame,
  LinkUpFrame,
  LinkWatchedFrame,
  LinkWatchFrame,
  LinkWelcomeFrame,
  Topic,
  TurnCursor,
} from './frames.ts';
export { LINK_VERSION } from './frames.ts';
export type { Principal } from './principal.ts';
export {
  decodePrincipal,
  encodePrincipal,
  LINK_SECRET_HEADER,
  LOCAL_OWNER,
  PRINCIPAL_HEADER,
} from './principal.ts';
