import type { TurnReasoningDeltaEvent, TurnTextDeltaEvent } from './delta-events.ts';
import type { StatusEvent } from './status-event.ts';
import type { TurnStepCompleteEvent, TurnUsageEvent } from './step-events.ts';
import type { TurnToolCallEvent, TurnToolOutputEvent, TurnToolResultEvent } from './tool-events.ts';
import type {
  TurnDoneEvent,
  TurnErrorEvent,
  TurnInputEvent,
  TurnSealedEvent,
  TurnStartEvent,
  TurnSteeringEvent,
} from './turn-events.ts';

/**
 * Something that happened in a conversation, told apart by `type`. The same union over HTTP (one per NDJSON line) and WebSocket.
 *
 * Order within a turn: `user-message`, `turn-start`; per step deltas, `tool-call`s and `usage` as the model yields them (with
 * `tool-output` and `status` in between), `step-complete`, then the step's `tool-result`s, then `steering` for each message
 * that was steered into the turn meanwhile; on failure one `error`; `done`; `turn-sealed`.
 */
export type AgentEvent =
  | StatusEvent
  | TurnInputEvent
  | TurnStartEvent
  | TurnTextDeltaEvent
  | TurnReasoningDeltaEvent
  | TurnToolCallEvent
  | TurnToolResultEvent
  | TurnToolOutputEvent
  | TurnUsageEvent
  | TurnStepCompleteEvent
  | TurnSteeringEvent
  | TurnErrorEvent
  | TurnDoneEvent
  | TurnSealedEvent;

/**
 * The `type` of every {@link AgentEvent}, in the order a turn sends them. Since 0.8.0: `steering`.
 *
 * @since 0.7.0
 */
export const AGENT_EVENT_TYPES = [
  'user-message',
  'turn-start',
  'status',
  'reasoning-delta',
  'text-delta',
  'tool-call',
  'tool-output',
  'usage',
  'step-complete',
  'tool-result',
  'steering',
  'error',
  'done',
  'turn-sealed',
] as const;
