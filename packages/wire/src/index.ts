export type { AgentEvent } from './agent-event.ts';
export { AGENT_EVENT_TYPES } from './agent-event.ts';
export type { ChatMessage } from './chat-message.ts';
export type {
  Chunk,
  ErrorChunk,
  SystemChunk,
  TextChunk,
  ThinkingChunk,
  ToolCallChunk,
  ToolResultChunk,
} from './chunk.ts';
export { CHUNK_TYPES } from './chunk.ts';
export type { TurnReasoningDeltaEvent, TurnTextDeltaEvent } from './delta-events.ts';
export { DONE_REASONS } from './done-reasons.ts';
export type { StepId, TurnId } from './ids.ts';
export type { StepMetrics, TurnMetrics, Usage } from './metrics.ts';
export type { Role } from './role.ts';
export { ROLES } from './role.ts';
export type { StatusEvent } from './status-event.ts';
export type { TurnStepCompleteEvent, TurnUsageEvent } from './step-events.ts';
export type { StoredChunk } from './stored-chunk.ts';
export type { TurnToolCallEvent, TurnToolOutputEvent, TurnToolResultEvent } from './tool-events.ts';
export type {
  TurnDoneEvent,
  TurnErrorEvent,
  TurnInputEvent,
  TurnSealedEvent,
  TurnStartEvent,
  TurnSteeringEvent,
  TurnVersion,
} from './turn-events.ts';
export { WIRE_VERSION } from './version.ts';
