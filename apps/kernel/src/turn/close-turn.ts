import type { AgentEvent } from '@dispatch/wire';
import type { TurnFold } from './fold.ts';
import type { ToolOutcome, TurnEnding } from './turn-ending.ts';

/** Which turn is closed, and for how long it ran. */
export interface ClosingTurn {
  readonly conversationId: string;
  readonly turnId: string;
  /** Absent when nobody measured it: after a crash. */
  readonly durationMs?: number;
}

/**
 * The events that are missing for a complete turn: `step-complete` of an open step, one result for each pending call, at most one `error`, `done`
 * and `turn-sealed`. Each of them is added to the fold.
 */
export function closeTurn(turn: ClosingTurn, fold: TurnFold, ending: TurnEnding): readonly AgentEvent[] {
  const { conversationId, turnId } = turn;
  const closing: AgentEvent[] = [];
  const add = (event: AgentEvent) => {
    closing.push(event);
    fold.add(event);
  };

  const stepId = fold.openStepId();
  if (stepId !== undefined) add({ type: 'step-complete', conversationId, turnId, stepId, ...ending.timings });

  for (const call of fold.pendingCalls()) {
    const outcome = ending.outcomes?.get(call.toolCallId) ?? unfinished(ending.reason);
    add({ type: 'tool-result', conversationId, turnId, ...call, ...outcome });
  }

  if (ending.error !== undefined) {
    const { message, code, retryable } = ending.error;
    add({ type: 'error', conversationId, turnId, message, code, retryable });
  }

  const usage = fold.usage();
  const contextSize = fold.contextSize();
  add({
    type: 'done',
    conversationId,
    turnId,
    reason: ending.reason,
    ...(turn.durationMs === undefined ? {} : { durationMs: turn.durationMs }),
    ...(usage === undefined ? {} : { usage }),
    ...(contextSize === undefined ? {} : { contextSize }),
  });
  add({ type: 'turn-sealed', conversationId, turnId });
  return closing;
}

/** A tool that never answered may have done its work all the same; only a person who stopped it knows it was cut off. */
function unfinished(reason: string): ToolOutcome {
  const content = reason === 'aborted' ? 'aborted' : 'interrupted, outcome unknown';
  return { content, isError: true };
}
