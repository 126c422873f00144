declare const filtered: unique symbol;

/**
 * Names a filter: a value that passes through everybody who takes part, in the order of their priority, each within the deadline. The owner applies it
 * and checks what comes out.
 */
export interface FilterRef<Value, Context> {
  /** `<extension id>/<name>`; the kernel's start with `kernel/`. */
  readonly id: string;
  /** Milliseconds each participant has. */
  readonly deadlineMs: number;
  /**
   * What a participant that throws or is late does to the value. `skip`: it passes as it was before that participant. `fail`: applying rejects.
   */
  readonly onFailure: 'skip' | 'fail';
  readonly [filtered]?: readonly [Value, Context];
}

/** A filter of an extension's own. Absent settings: 1,000 ms, `skip`. */
export function defineFilter<Value, Context>(
  id: `${string}/${string}`,
  settings: { readonly deadlineMs?: number; readonly onFailure?: 'skip' | 'fail' } = {},
): FilterRef<Value, Context> {
  return { id, deadlineMs: settings.deadlineMs ?? 1_000, onFailure: settings.onFailure ?? 'skip' };
}

/** What {@link TURN_TOOLS} is applied for. */
export interface TurnToolsContext {
  readonly conversationId: string;
  /** Null: none. */
  readonly cwd: string | null;
}

/**
 * Names of the tools a conversation's model is offered, in their order, before each turn. Names that were not there are passed over. Answer the same for
 * the same conversation: a list that changes costs its prompt cache.
 */
export const TURN_TOOLS: FilterRef<readonly string[], TurnToolsContext> = defineFilter('kernel/turn-tools');
