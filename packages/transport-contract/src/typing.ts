import type { FrameId } from './frame-answer.ts';

/**
 * The sender began to type in a channel. Sixty of these and of `typing.stop` a minute for each person, counted apart from everything else; above
 * that they are refused with `rate-limited`.
 *
 * @since 0.13.0
 */
export interface TypingStartMessage extends FrameId {
  readonly type: 'typing.start';
  readonly channelId: string;
}

/**
 * The sender stopped typing in a channel.
 *
 * @since 0.13.0
 */
export interface TypingStopMessage extends FrameId {
  readonly type: 'typing.stop';
  readonly channelId: string;
}
