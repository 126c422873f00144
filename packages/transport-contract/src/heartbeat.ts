import type { FrameId } from './frame-answer.ts';

/**
 * Asks for a `pong`: is anybody there?
 *
 * @since 0.10.0
 */
export interface ClientPingMessage extends FrameId {
  readonly type: 'ping';
}

/**
 * The gateway is there. Sent on its own beat, beside a WebSocket ping that every peer answers by itself; need not be answered.
 *
 * @since 0.10.0
 */
export interface PingMessage {
  readonly type: 'ping';
  /** The gateway's clock, epoch milliseconds. */
  readonly t: number;
  /** Newest number in the user's stream. */
  readonly head: number;
}

/**
 * Answers a client's `ping`.
 *
 * @since 0.10.0
 */
export interface PongMessage {
  readonly type: 'pong';
  /** The gateway's clock, epoch milliseconds. */
  readonly t: number;
}

/**
 * Whether the gateway reaches the kernel. After `down` nothing arrives and nothing can be sent; after `up` everything that was missed has been
 * delivered.
 *
 * @since 0.10.0
 */
export interface KernelStatusMessage {
  readonly type: 'status';
  readonly kernel: 'up' | 'down';
}

/**
 * Last frame before the gateway closes a connection on purpose.
 *
 * @since 0.10.0
 */
export interface ByeMessage {
  readonly type: 'bye';
  /** Kebab-case: why. An open set, for example `draining`, `too-slow`, `kernel-restarted`. */
  readonly code: string;
  /** Whether to come back. */
  readonly resume: boolean;
  /** Milliseconds to wait before coming back. Absent: your own back-off. */
  readonly retryAfterMs?: number;
}
