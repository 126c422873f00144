declare const payloadOf: unique symbol;

/**
 * Names a hook and the type of its payload. Fire-and-forget: nobody waits for a listener, one that throws harms nobody, and what is said while nobody
 * listens, or before a crash, is gone. For what must not be missed there are domain events.
 */
export interface HookRef<Payload> {
  /** `<extension id>/<name>`; the kernel's start with `kernel/`. */
  readonly id: string;
  readonly [payloadOf]?: Payload;
}

/** A hook of an extension's own. Export it, so that others listen by symbol and not by string. */
export function defineHook<Payload>(id: `${string}/${string}`): HookRef<Payload> {
  return { id };
}

/** What {@link TURN_STARTED} tells. */
export interface TurnStartedPayload {
  readonly conversationId: string;
  readonly turnId: string;
  /** User that started it. */
  readonly startedBy: string;
  /** `<credential>/<model>` that is asked. */
  readonly model: string;
  /** The working directory of its tools. Null: none. */
  readonly cwd: string | null;
}

/** What {@link QUEUE_CHANGED} tells. */
export interface QueueChangedPayload {
  readonly conversationId: string;
}

/** What waits in a conversation, or whether it is held, may be another than before: see `MessageQueues`. */
export const QUEUE_CHANGED: HookRef<QueueChangedPayload> = defineHook('kernel/queue-changed');

/** A turn was admitted and is about to run. Its end is the domain event `turn.sealed`. */
export const TURN_STARTED: HookRef<TurnStartedPayload> = defineHook('kernel/turn-started');
