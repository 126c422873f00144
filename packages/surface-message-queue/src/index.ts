export {
  type EditPayload,
  MESSAGE_QUEUE_ACTIONS,
  type MessagePayload,
  type MovePayload,
  type PromotePayload,
} from './actions.ts';
export { MESSAGE_QUEUE_RENDERER_ID, type MessageQueuePayload, type QueuedMessageItem } from './queue.ts';
export { MESSAGE_QUEUE_LABELS, MESSAGE_QUEUE_SURFACE_ID, NO_CONVERSATION } from './surface.ts';
export { SURFACE_MESSAGE_QUEUE_VERSION } from './version.ts';
