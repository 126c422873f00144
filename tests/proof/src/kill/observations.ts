/** What one client saw, and what must be true of it. Pure, so that a planted violation can be shown to be caught. */
export interface SeenEvent {
  readonly type: string;
  readonly turnId?: string;
  readonly [field: string]: unknown;
}

export interface StoredRow {
  readonly seq: number;
  readonly role: string;
  readonly turnId?: string;
  readonly chunk: { readonly type: string; readonly text?: string };
}

export interface Observations {
  /** Messages whose sending was acknowledged, by turn. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Events of each turn in the order of `n`, as the client put them together over its reconnects. */
  readonly seen: ReadonlyMap<string, readonly SeenEvent[]>;
  /** Gaps, repeats and contradictions the client noticed while it watched. */
  readonly contradictions: readonly string[];
}

/** Violated invariants, each beginning with its id; empty when all hold. */
export function violations(
  observed: Observations,
  log: readonly StoredRow[],
  metrics: readonly { readonly turnId: string }[],
): readonly string[] {
  const found = [...observed.contradictions];
  for (const [index, row] of log.entries()) {
    if (row.seq !== index + 1) found.push(`Q1: position ${index + 1} of the log holds seq ${row.seq}`);
  }
  for (const [turnId, message] of observed.acknowledged) {
    const kept = log.filter((row) => row.turnId === turnId && row.role === 'user');
    if (kept.length !== 1 || kept[0]?.chunk.text !== message) {
      found.push(`D1: the log holds the acknowledged message of ${turnId} ${kept.length} times`);
    }
    if (metrics.filter((entry) => entry.turnId === turnId).length !== 1) {
      found.push(`T1: ${turnId} was not sealed exactly once`);
    }
  }
  for (const [turnId, events] of observed.seen) {
    const count = (type: string) => events.filter((event) => event.type === type).length;
    if (count('done') !== 1 || count('turn-sealed') !== 1 || events.at(-1)?.type !== 'turn-sealed') {
      found.push(`T1: ${turnId} has ${count('done')} done, ${count('turn-sealed')} turn-sealed`);
    }
    const shown = events.filter((event) => event.type === 'text-delta').map((event) => event['delta']);
    const stored = log.filter(
      (row) => row.turnId === turnId && row.role === 'assistant' && row.chunk.type === 'text',
    );
    if (shown.join('') !== stored.map((row) => row.chunk.text).join('')) {
      found.push(`D3: what was shown of ${turnId} is not what is stored`);
    }
  }
  const users = log.filter((row) => row.role === 'user').length;
  if (users !== metrics.length) found.push(`T1: ${users} user messages, ${metrics.length} sealed turns`);
  return found;
}
