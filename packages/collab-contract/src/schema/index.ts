export { approvalSchema, approvalScopeSchema } from './approval.ts';
export { presenceSchema, statusTextSchema } from './presence.ts';
export { userSchema } from './user.ts';
export { conversationSnapshotSchema, userEventSchema } from './user-event.ts';
