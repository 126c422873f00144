export { editPayloadSchema, messagePayloadSchema, movePayloadSchema } from './actions.ts';
export { messageQueuePayloadSchema } from './queue.ts';
