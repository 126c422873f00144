import type { AgentEvent } from '@dispatch/wire';

/** One event of a watched conversation. Per conversation they arrive in order, the same ones at every watcher. */
export interface ChatDeltaMessage {
  readonly type: 'chat.delta';
  readonly event: AgentEvent;
  /**
   * Place of the event in its turn: starts at 0, no gaps, the same at every watcher and in every replay. The cursor for `after`. Set by the
   * backend; absent from backends before 0.10.0.
   *
   * @since 0.10.0
   */
  readonly n?: number;
}
