/** So many failures in a row of one listener, or of one timer, and its extension is disabled. */
const MOST_IN_A_ROW = 10;

/** Something of an extension that failed. */
export interface Failure {
  /** What is counted by: the name of an event, the key of a timer. */
  readonly source: string;
  /** For operators: `its listener of turn.sealed`. */
  readonly what: string;
  readonly error: unknown;
}

/** Counts what goes wrong in durable work of extensions, each source of it apart. */
export interface FailureCounter {
  succeeded(extensionId: string, source: string): void;
  /** True: it has failed too often. */
  failed(extensionId: string, source: string): boolean;
  forget(extensionId: string): void;
}

export function createFailureCounter(): FailureCounter {
  const inARow = new Map<string, Map<string, number>>();
  return {
    succeeded: (extensionId, source) => void inARow.get(extensionId)?.delete(source),
    failed(extensionId, source) {
      const own = inARow.get(extensionId) ?? new Map<string, number>();
      inARow.set(extensionId, own);
      const count = (own.get(source) ?? 0) + 1;
      own.set(source, count);
      return count >= MOST_IN_A_ROW;
    },
    forget: (extensionId) => void inARow.delete(extensionId),
  };
}

const LONGEST_MESSAGE = 200;

/** What went wrong in one sentence for operators: the words of an extension's own error, without what a log would make of them. */
export function failureText(what: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = (message.split('\n')[0] ?? '').replaceAll(/\p{C}+/gu, ' ').trim();
  return `${what}: ${line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line}`;
}
