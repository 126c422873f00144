export { agentEventSchema } from './agent-event.ts';
export { chatMessageSchema, chunkSchema, roleSchema, storedChunkSchema } from './chunk.ts';
export { stepIdSchema, turnIdSchema } from './ids.ts';
export { stepMetricsSchema, turnMetricsSchema, usageSchema } from './metrics.ts';
