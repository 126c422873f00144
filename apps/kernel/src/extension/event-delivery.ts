import type { Handled } from '@dispatch/extension-api';
import { crashPoint } from '../crash-point.ts';
import type { Clock, Log } from '../ports.ts';
import { withinTime } from '../within-time.ts';
import type { DomainEventRow, ExtensionStore } from './extension-store.ts';
import type { Failure } from './failure-counter.ts';

const PAGE = 200;
const LISTENER_MS = 30_000;
/** So long without events, and a cursor that ran ahead is stored. */
const QUIET_MS = 1_000;
/** How long a stop waits for a listener that runs. */
const GRACE_MS = 1_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

export type EventListener = (event: DomainEventRow) => Handled | Promise<Handled>;

export interface EventDeliveryParts {
  readonly extensionId: string;
  /** By event name. */
  readonly listeners: ReadonlyMap<string, EventListener>;
  readonly store: Pick<ExtensionStore, 'cursor' | 'eventsAfter' | 'change'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Writes what a listener answered together with the new cursor. Rejects when it cannot be written, or is no commit. */
  readonly commit: (handled: Handled, cursor: number) => Promise<'committed' | 'conflict'>;
  /** Told of each failure of a listener; gives true when that was one too many. */
  readonly onFailure: (failure: Failure) => boolean;
  /** `source`: the name of the event. */
  readonly onSuccess: (source: string) => void;
}

/** Hands one extension its domain events: in order, one at a time, each until it is handled. */
export interface EventDelivery {
  /** Resolves when it is known where the extension stands: what happens from here on reaches it. Also when it is stopped before. */
  readonly begun: Promise<void>;
  /** There may be new events. */
  wake(): void;
  /** Resolves when no listener is called any more, or one that runs has not ended in a second; what it answers then is not written. */
  stop(): Promise<void>;
}

export function startEventDelivery(parts: EventDeliveryParts): EventDelivery {
  const { extensionId, listeners, store, clock, log } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  let cursor = 0;
  /** Where the store thinks it stands. */
  let kept = 0;
  let isWoken = false;
  let isOver = false;
  let wakeUp = () => {};
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });

  async function run(): Promise<void> {
    cursor = kept = await untilItWorks(() => store.cursor(extensionId));
    begin();
    while (!signal.aborted) {
      isWoken = false;
      const page = await untilItWorks(() => store.eventsAfter(cursor, PAGE));
      for (const event of page) {
        if (signal.aborted) return;
        const listener = listeners.get(event.name);
        const isKept = listener !== undefined && (await deliver(event, listener));
        if (signal.aborted && !isKept) return;
        cursor = event.id;
        if (isKept) kept = cursor;
      }
      // What nobody listens to, or wants written for, needs no write each; without any, it would be handed over again from far behind.
      if (cursor - kept >= PAGE) kept = await untilItWorks(() => keep(cursor));
      if (page.length === PAGE || isWoken || signal.aborted) continue;
      await rest();
    }
  }

  /** Until there may be new events. A cursor that ran ahead of what is stored is stored once it has been quiet. */
  async function rest(): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      wakeUp = resolve;
    });
    if (cursor > kept) {
      const quiet = clock.sleep(QUIET_MS, signal).catch(() => {});
      await Promise.race([woken, quiet]);
      if (isWoken) return;
      kept = await untilItWorks(() => keep(cursor));
    }
    if (!isWoken && !signal.aborted) await woken;
  }

  async function keep(at: number): Promise<number> {
    await store.change({ extensionId, cursor: at });
    return at;
  }

  /** True: the cursor was stored with what the listener wanted written. False: it wanted nothing, or it is over. */
  async function deliver(event: DomainEventRow, listener: EventListener): Promise<boolean> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      let handled: Handled;
      try {
        handled = await withinTime(clock, LISTENER_MS, async () => listener(event));
        if (isOver) return false;
        crashPoint('before-handled');
        const isStored = handled !== undefined;
        const outcome = isStored ? await parts.commit(handled, event.id) : 'committed';
        crashPoint('after-handled');
        if (outcome === 'committed') {
          parts.onSuccess(event.name);
          return isStored;
        }
        if (failures < 5) continue;
        throw new Error('what it wants written never fits what is stored');
      } catch (error) {
        if (signal.aborted) return false;
        if (parts.onFailure({ source: event.name, what: `its listener of ${event.name}`, error }))
          return false;
        await pause(failures);
      }
    }
    return false;
  }

  /** Reads and writes of our own fail only with the store: a full disk, another process that keeps it locked. */
  async function untilItWorks<T>(work: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted) throw error;
        if (failures === 0) log.warn({ err: error, extension: extensionId }, 'events wait for the store');
        await pause(failures);
      }
    }
  }

  const pause = (failures: number) =>
    clock
      .sleep(Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MS), signal)
      .catch(() => {});

  // A stop in the middle of a read is no failure.
  const ended = run()
    .catch((error: unknown) => {
      if (!signal.aborted)
        log.error({ err: error, extension: extensionId }, 'events are not handed over any more');
    })
    .finally(begin);
  return {
    begun,
    wake() {
      isWoken = true;
      wakeUp();
    },
    async stop() {
      stopping.abort();
      wakeUp();
      await Promise.race([ended, clock.sleep(GRACE_MS)]);
      if (isOver) return;
      isOver = true;
      // Whatever keeps it from being stored: the events come again, as they may.
      if (cursor > kept) await keep(cursor).catch(() => {});
    },
  };
}
