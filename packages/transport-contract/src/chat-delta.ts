import type { AgentEvent } from '@dispatch/wire';

/** One event of a watched conversation. Per conversation they arrive in order, the same ones at every watcher. */
export interface ChatDeltaMessage {
  readonly type: 'chat.delta';
  readonly event: AgentEvent;
}
