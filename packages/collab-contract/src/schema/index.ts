export { approvalSchema, approvalScopeSchema } from './approval.ts';
export { presenceSchema, statusTextSchema } from './presence.ts';
export { userSchema } from './user.ts';
export { conversationSnapshotSchema, turnReplacedEventSchema, userEventSchema } from './user-event.ts';
