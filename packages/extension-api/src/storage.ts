import type { JsonValue } from './json.ts';
import type { TimerSetting } from './timers.ts';

/** One value an extension keeps. */
export interface ExtensionRow {
  /** 1 to 512 characters without control characters. */
  readonly key: string;
  readonly value: JsonValue;
  /** 1 for a new row, one more with each change. For {@link ExtensionCommit.expect}. */
  readonly version: number;
}

/** The extension's own rows. Nobody else reads or writes them. */
export interface ExtensionStorage {
  /** Undefined: no such row, or one that cannot be read any more. Such a one is reported once; `expect` finds it absent, and the next put writes over it. */
  get(key: string): Promise<ExtensionRow | undefined>;
  /** Rows whose key starts with `prefix` and stands behind `after`, by key; at most `limit` (1,000 unless told, never more). Unreadable ones are left out. */
  list(
    prefix: string,
    page?: { readonly after?: string; readonly limit?: number },
  ): Promise<readonly ExtensionRow[]>;
}

/** A change of an extension's own, all of it or nothing. At most 1,000 rows, timers and events together, and 1 MiB as JSON nested no deeper than 32 levels. */
export interface ExtensionCommit {
  readonly put?: readonly { readonly key: string; readonly value: JsonValue }[];
  /** Keys; one that is not there is passed over. */
  readonly delete?: readonly string[];
  /** What must hold before the change: the version of a row, or null for none. One that does not hold makes the outcome `conflict`. */
  readonly expect?: readonly { readonly key: string; readonly version: number | null }[];
  readonly timers?: {
    /** A timer of the same key is replaced, also one that is firing. */
    readonly set?: readonly TimerSetting[];
    readonly cancel?: readonly string[];
  };
  /** Domain events of its own, named in the manifest. Handed to whoever listens, at least once, in order. */
  readonly events?: readonly { readonly name: string; readonly payload: JsonValue }[];
}

/** `committed`: all of it is on the disk · `conflict`: an expectation did not hold, and nothing was written. */
export type ExtensionCommitOutcome = 'committed' | 'conflict';
