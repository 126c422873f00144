import type { DispatchProcesses } from '@dispatch/tests-processes';
import type { Attack } from '../../harness.ts';

/** Some time in which everybody does what they do; at its end nobody has anything open. */
export interface Round {
  readonly dispatch: DispatchProcesses;
  readonly attack: Attack;
  /** True: processes are killed in it, so that requests may fail. */
  readonly turbulent: boolean;
  /** True: whoever acts comes to an end. */
  over(): boolean;
  /** Turns that were sealed. */
  turnsDone(count: number): void;
}

/** Acts until the round is over and leaves nothing open. */
export type Actor = (round: Round) => Promise<void>;

/** How long any one answer may take, however busy the machine and whoever stands still. */
export const PATIENCE_MS = 25_000;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** An actor that does one thing after the other, with a pause of up to `pauseMs` between them. What it throws is a violation unless processes are killed meanwhile. */
export function again(what: string, pauseMs: number, act: (round: Round) => Promise<void>): Actor {
  return async (round) => {
    const { attack, turbulent } = round;
    while (!round.over()) {
      await act(round).catch((error: unknown) => {
        if (turbulent) attack.count('refusals while processes died');
        else
          attack.violation(
            `L4: ${what}: ${error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error)}`,
          );
      });
      await pause(attack.random.integer(0, pauseMs));
    }
  };
}

/** Waits until no turn of the conversation runs; false: it still does after a long time. */
export async function settled(httpUrl: string, conversationId: string): Promise<boolean> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await pause(50)) {
    const answer = await fetch(`${httpUrl}/conversations/${conversationId}/status`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch(() => undefined);
    if (answer?.status !== 200) continue;
    const { turnId } = (await answer.json()) as { turnId: string | null };
    if (turnId === null) return true;
  }
  return false;
}
