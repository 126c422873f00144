import type { FrameRefusal } from './frame-answer.ts';

/** A chat frame of the client was refused. No turn was started by it. The connection stays open. */
export interface ChatErrorMessage extends FrameRefusal {
  readonly type: 'chat.error';
  /** One sentence for people. */
  readonly message: string;
  /** The conversation it is about. Absent when the frame named none or could not be read. */
  readonly conversationId?: string;
}
