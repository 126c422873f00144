import type { ToolApproval } from '@dispatch/extension-api';
import type { ActingCall } from './acting-call.ts';

/** What stands between the calls of a turn and tools that act. */
export interface CallGate {
  /**
   * Asks people about a call and waits for them, for as long as it takes. Gives why it must not run; undefined: it may. Rejects with the signal's reason
   * when that comes first, and with `TurnStop` when another start of the kernel owns the turn.
   */
  ask(call: ActingCall, approval: ToolApproval, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Notes that a call runs now, which is told once for each call. Gives why it must not: it was begun before, or it was asked about, which `asks` says of any, and nobody allowed exactly this. Rejects
   * with `TurnStop` when another start of the kernel owns the turn.
   */
  begin(call: ActingCall, asks: boolean): Promise<BegunCall | string>;
}

/** A call that runs. */
export interface BegunCall {
  /** Notes how it ended; what cannot be noted stays an outcome that is unknown. Never rejects. */
  end(state: 'done' | 'failed'): Promise<void>;
}
