import type { TurnMetrics } from '@dispatch/wire';
import type { JsonValue } from './json.ts';

/** A turn ended, however it ended. */
export interface TurnSealedPayload {
  readonly conversationId: string;
  readonly turnId: string;
  /** User that started it. */
  readonly startedBy: string;
  /** `<credential>/<model>` that was asked for. */
  readonly model: string;
  /** `done.reason`, for example `stop`, `aborted`, `interrupted` or `error`. */
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Epoch milliseconds. */
  readonly sealedAt: number;
  /** The final figures, with the usage of each step as far as the provider told it. */
  readonly metrics: TurnMetrics;
}

/** The user closed a conversation. */
export interface ConversationClosedPayload {
  readonly conversationId: string;
  /** How often it was closed by now. */
  readonly closes: number;
}

/** The kernel's domain events by name. `turn.failed` comes beside `turn.sealed` when the reason is `error` or `interrupted`. */
export interface KernelEvents {
  readonly 'turn.sealed': TurnSealedPayload;
  readonly 'turn.failed': TurnSealedPayload;
  readonly 'conversation.closed': ConversationClosedPayload;
}

/**
 * Something that happened, written in the commit that made it happen. Handed to each extension that listens in order and at least once: a repeat has
 * the same `id`.
 */
export interface DomainEvent<Name extends string = string, Payload = JsonValue> {
  /** Rises with time; place in the order of all events. */
  readonly id: number;
  readonly name: Name;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly payload: Payload;
}

/** A kernel event, or one of another extension by its name. */
export type EventOf<Name extends string> = Name extends keyof KernelEvents
  ? DomainEvent<Name, KernelEvents[Name]>
  : DomainEvent<Name>;
