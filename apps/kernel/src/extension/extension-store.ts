import type { JsonValue } from '@dispatch/extension-api';

/** A domain event as a plan wants it written. */
export interface DomainEventDraft {
  /** `turn.sealed`, `conversation.closed`, or `<extension id>.<name>`. */
  readonly name: string;
  readonly payload: JsonValue;
}

/** A stored domain event. */
export interface DomainEventRow extends DomainEventDraft {
  /** Place in the order of all events; 1 for the first. */
  readonly id: number;
  /** Epoch milliseconds of the commit. */
  readonly at: number;
}

/** A row an extension keeps. */
export interface StoredExtensionRow {
  readonly key: string;
  readonly value: JsonValue;
  /** 1 for a new row, one more with each change. */
  readonly version: number;
}

/** A durable timer. */
export interface TimerRow {
  readonly extensionId: string;
  readonly key: string;
  /** Time of day it is due, in epoch milliseconds. */
  readonly dueAt: number;
  /** True: that time of day is meant, wherever the clock is set. False: an interval that was to end then. */
  readonly byClock: boolean;
  /** Another one with each time it is set, so that the end of one cannot remove its successor. */
  readonly generation: number;
  /** How often it was handed over without an end. */
  readonly attempt: number;
}

/**
 * A change of one extension; all of it or nothing. Of what names the same key twice the later holds: rows are deleted, then put; timers end or are
 * cancelled, then set.
 */
export interface ExtensionChange {
  readonly extensionId: string;
  readonly put?: readonly { readonly key: string; readonly value: JsonValue }[];
  readonly delete?: readonly string[];
  readonly expect?: readonly { readonly key: string; readonly version: number | null }[];
  /** Replaces a timer of the same key; attempts begin anew. */
  readonly setTimers?: readonly {
    readonly key: string;
    readonly dueAt: number;
    readonly byClock?: boolean;
  }[];
  readonly cancelTimers?: readonly string[];
  readonly events?: readonly DomainEventDraft[];
  /** The extension has handled every event up to this id. It never moves back. */
  readonly cursor?: number;
  /** Removes this timer, unless it was set again (also by this change). */
  readonly firedTimer?: { readonly key: string; readonly generation: number };
}

/** `committed`: with the generations of the timers it set, by key. `conflict`: an expectation did not hold. `full`: no room on the disk. */
export type ExtensionChangeOutcome =
  | { readonly kind: 'committed'; readonly timers: ReadonlyMap<string, number> }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'full' };

/**
 * What extensions keep. Writes reject with `StoreBusyError` and `StoreReadOnlyError` as every write does, and those without an outcome for it with
 * `StoreFullError` when there is no room on the disk. A row that is not what was written is left out of
 * reads and told once; it is written over by the next put of its key, whose `expect` finds it absent.
 */
export interface ExtensionStore {
  row(extensionId: string, key: string): Promise<StoredExtensionRow | undefined>;
  /** By key, in the order of their characters' code points; those that start with `prefix` and stand behind `after`. */
  rows(
    extensionId: string,
    prefix: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StoredExtensionRow[]>;
  change(change: ExtensionChange): Promise<ExtensionChangeOutcome>;
  /** Events above `after`, in order. One that is not what was written is left out and told. */
  eventsAfter(after: number, limit: number): Promise<readonly DomainEventRow[]>;
  /** The last event there is; 0 before the first. */
  eventsHead(): Promise<number>;
  /** Calls back after each commit that wrote domain events, until the returned function is called. The listener must not throw. */
  onDomainEvents(listener: () => void): () => void;
  /**
   * The last event an extension has handled. One that is not known begins at the head: what happened before it was there is none of its business. Begins
   * one if there is none.
   */
  cursor(extensionId: string): Promise<number>;
  /** Forgets where an extension stands, so that events need not be kept for it. */
  dropCursor(extensionId: string): Promise<void>;
  /** Every timer of these extensions, in no order. */
  timers(extensionIds: readonly string[]): Promise<readonly TimerRow[]>;
  /** Counts one more attempt of a timer that is handed over. False: it was set again, cancelled or is over. */
  claimTimer(extensionId: string, key: string, generation: number): Promise<boolean>;
}
