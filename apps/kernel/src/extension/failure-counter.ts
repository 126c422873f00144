/** So many failures of one extension in a row, with nothing of it going well in between, and it is disabled. */
const MOST_IN_A_ROW = 10;

/** Counts what goes wrong in durable work of extensions, and what was the last that did in any of it. */
export interface FailureCounter {
  succeeded(extensionId: string): void;
  /** True: it has failed too often. */
  failed(extensionId: string): boolean;
  forget(extensionId: string): void;
}

export function createFailureCounter(): FailureCounter {
  const inARow = new Map<string, number>();
  return {
    succeeded: (extensionId) => void inARow.delete(extensionId),
    failed(extensionId) {
      const count = (inARow.get(extensionId) ?? 0) + 1;
      inARow.set(extensionId, count);
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
