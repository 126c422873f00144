import type { TurnId } from './ids.ts';

/** Something worth showing about a conversation that is no part of its content. Never stored as a chunk. */
export interface StatusEvent {
  readonly type: 'status';
  readonly conversationId: string;
  /**
   * Kebab-case; an open set. Show what you know, ignore what you do not. `retrying`: the model failed before its first byte and is asked
   * again after `delayMs`. `falling-back`: it failed for good and `model` is asked instead.
   */
  readonly status: string;
  /**
   * Turn it is about. Absent when it is about the conversation as a whole, and from backends before 0.7.0.
   *
   * @since 0.7.0
   */
  readonly turnId?: TurnId;
  /**
   * Kebab-case code of what went wrong, as on an `error` event. Absent when nothing did.
   *
   * @since 0.7.0
   */
  readonly code?: string;
  /**
   * Number of the attempt that is about to be made with `model`, 1-based: 2 is the first retry. Only on `retrying` and `falling-back`.
   *
   * @since 0.7.0
   */
  readonly attempt?: number;
  /**
   * Milliseconds until that attempt starts. Only on `retrying`.
   *
   * @since 0.7.0
   */
  readonly delayMs?: number;
  /**
   * Full name, `<credential>/<model>`, of the model that is about to be asked. Only on `retrying` and `falling-back`.
   *
   * @since 0.7.0
   */
  readonly model?: string;
}
