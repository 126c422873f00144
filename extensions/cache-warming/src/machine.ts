import type { TurnSealedPayload, WarmOutcome } from '@dispatch/extension-api';
import type { CacheWarmingBudget } from '@dispatch/surface-cache-warming';
import { MAX_INTERVAL_SECONDS } from '@dispatch/surface-cache-warming';
import type { Kept } from './kept.ts';
import { stopBefore } from './outlook.ts';
import type { Price } from './prices.ts';
import { bookedOnly, failed, noteTurn, refused, warmed } from './warm-result.ts';

/** What the machine is told of the world at the moment of an event. */
export interface View {
  /** Time of day in epoch milliseconds. */
  readonly now: number;
  /** How often the conversation was closed by now. */
  readonly closes: number;
  /** Whether a turn runs. */
  readonly running: boolean;
  /** Whether a warm of this process is under way, also one that does not count. */
  readonly busy: boolean;
  /** Whether the model that is kept can be called at all, and the conversation be read. */
  readonly usable: boolean;
  /** Prices of the model of the event, else of the one that is kept. Undefined: not known. */
  readonly price: Price | undefined;
}

/** What can happen to the warming of a conversation. */
export type WarmingEvent =
  | { readonly type: 'switched-on'; readonly model: string; readonly cwd: string | null }
  | { readonly type: 'switched-off' }
  | { readonly type: 'interval-set'; readonly intervalMs: number }
  | { readonly type: 'budget-set'; readonly budget: CacheWarmingBudget }
  | { readonly type: 'turn-started'; readonly model: string; readonly cwd: string | null }
  | {
      readonly type: 'turn-sealed';
      readonly eventId: number;
      readonly turn: TurnSealedPayload;
      /** The turn's model if it can be called, else the one that is kept. */
      readonly model: string;
      readonly cwd: string | null;
    }
  | { readonly type: 'closed'; readonly eventId: number; readonly closes: number }
  | { readonly type: 'timer-fired' }
  | { readonly type: 'warm-asked' }
  | { readonly type: 'warm-ended'; readonly outcome: WarmOutcome; readonly elapsedMs: number }
  /** One by hand ended that began while it was off. */
  | { readonly type: 'warm-beside'; readonly outcome: WarmOutcome }
  | { readonly type: 'warm-lost' };

/** What follows from an event. */
export interface Next {
  readonly kept: Kept;
  /** Milliseconds from now, or none at all. Absent: the timer stays as it is. */
  readonly timer?: number | 'none';
  /** Whether what is kept goes from the store: nobody will ever want it. */
  readonly forget?: true;
  /** Whether to send the call. */
  readonly warm?: true;
  /** Whether people see something else now. */
  readonly push: boolean;
}

/** Whether it is on: switched on, not closed since, and able to go on. */
export function isOn(kept: Kept, view: Pick<View, 'closes' | 'usable'>): boolean {
  return isWanted(kept, view) && view.usable;
}

/** Whether it was switched on and not closed since. While it cannot go on it reads off, and goes on once it can. */
export function isWanted(kept: Kept, view: Pick<View, 'closes'>): boolean {
  return kept.enabled && kept.closes === view.closes && kept.model !== null;
}

/** Milliseconds to the next try behind so many failures in a row: the interval, doubled each time. */
export function backOff(intervalMs: number, failures: number): number {
  return Math.min(MAX_INTERVAL_SECONDS * 1_000, intervalMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
}

/** One step of the machine. A pure function: nothing happens but what it answers. */
export function next(kept: Kept, view: View, event: WarmingEvent): Next {
  const on = isOn(kept, view);
  const wanted = isWanted(kept, view);
  const resting = wanted && !view.running && !view.busy;
  switch (event.type) {
    case 'switched-on':
      return on ? { kept, push: false } : switchOn(kept, view, event);
    case 'switched-off':
      return {
        kept: { ...kept, enabled: false, pause: null, offReason: null, lastError: null },
        timer: 'none',
        push: true,
      };
    case 'interval-set': {
      const { intervalMs } = event;
      const armed = resting && kept.pause === null;
      return { kept: { ...kept, intervalMs }, ...(armed ? { timer: intervalMs } : {}), push: true };
    }
    case 'budget-set': {
      const again = resting && kept.pause !== null;
      return {
        kept: { ...kept, budget: event.budget, pause: null },
        ...(again ? { timer: kept.intervalMs } : {}),
        push: true,
      };
    }
    case 'turn-started':
      if (!wanted) return { kept, push: true };
      return {
        kept: { ...kept, model: event.model, cwd: event.cwd },
        // A turn whose end never comes must not stop the schedule for good.
        ...(view.running ? { timer: kept.intervalMs } : {}),
        push: true,
      };
    case 'turn-sealed':
      return sealed(kept, view, event);
    case 'closed': {
      const reopened = event.closes > 0 && kept.closes >= event.closes;
      if (reopened || event.eventId <= kept.lastEvent) return { kept, push: true };
      const off = { ...kept, enabled: false, pause: null, lastEvent: event.eventId };
      return { kept: { ...off, offReason: 'The conversation was closed.' }, timer: 'none', push: true };
    }
    case 'timer-fired':
      return due(kept, view, on);
    case 'warm-asked':
      return { ...begun(kept, view), warm: true };
    case 'warm-ended':
      return ended(kept, view, event);
    case 'warm-beside':
      return { kept: bookedOnly(kept, event.outcome, view.price), push: !view.running };
    case 'warm-lost': {
      const lost = failed(kept, view.now, 'The backend stopped while it warmed.');
      return { kept: lost, ...rearmed(lost, view, backOff(lost.intervalMs, lost.failures)), push: true };
    }
  }
}

function rearmed(kept: Kept, view: View, afterMs: number): { timer?: number | 'none' } {
  if (!isWanted(kept, view)) return { timer: 'none' };
  return view.running ? {} : { timer: afterMs };
}

function switchOn(kept: Kept, view: View, event: { model: string; cwd: string | null }): Next {
  const on: Kept = {
    ...kept,
    enabled: true,
    closes: view.closes,
    model: event.model,
    cwd: event.cwd,
    failures: 0,
    nothingToWarm: 0,
    ineffective: 0,
    lastError: null,
    pause: null,
    offReason: null,
    activeAt: view.now,
  };
  return { kept: on, timer: kept.intervalMs, push: true };
}

function sealed(kept: Kept, view: View, event: Extract<WarmingEvent, { type: 'turn-sealed' }>): Next {
  if (event.eventId <= kept.lastEvent) return { kept, push: true };
  const { turn, model, cwd, eventId } = event;
  const noted = { ...noteTurn(kept, turn, view.price), lastEvent: eventId };
  if (!isWanted(kept, view)) return { kept: noted, push: true };
  const after: Kept = { ...noted, model, cwd, pause: null };
  // A turn that began meanwhile has its own seal, and that one arms.
  return { kept: after, ...(view.running ? {} : { timer: after.intervalMs }), push: true };
}

function due(kept: Kept, view: View, on: boolean): Next {
  // It read off before, so nobody sees anything new.
  if (!on && isWanted(kept, view)) return { kept, timer: kept.intervalMs, push: false };
  if (!on) return { kept: { ...kept, enabled: false }, timer: 'none', push: false };
  if (view.running || view.busy) return { kept, timer: kept.intervalMs, push: false };
  const pause = stopBefore(kept, view.price, view.now);
  if (pause !== undefined) return { kept: { ...kept, pause }, timer: 'none', push: true };
  return { ...begun(kept, view), warm: true };
}

/** A mark that a call is under way, and a timer for the case that nobody is there any more when it ends. */
function begun(kept: Kept, view: View): Next {
  return { kept: { ...kept, flight: view.now, pause: null }, timer: kept.intervalMs, push: true };
}

function ended(kept: Kept, view: View, event: Extract<WarmingEvent, { type: 'warm-ended' }>): Next {
  const { outcome, elapsedMs } = event;
  const on = isOn(kept, view);
  const after = outcome.kind === 'warmed' ? warmed(kept, outcome, view.price, !view.running, on) : undefined;
  if (outcome.kind === 'refused') {
    const { reason } = outcome;
    const next = refused(kept, reason, view.closes);
    const quiet = view.running || next.failures === kept.failures;
    const over = kept.enabled && !next.enabled && reason !== 'closed' && kept.ledger.warms === 0;
    return {
      kept: next,
      ...(over ? { forget: true as const } : {}),
      ...rearmed(next, view, quiet ? next.intervalMs : backOff(next.intervalMs, next.failures)),
      push: !view.running,
    };
  }
  if (after !== undefined) {
    // The time since the answer counts, so that the next one stands an interval behind it.
    const afterMs = Math.max(1, after.intervalMs - elapsedMs);
    return { kept: after, ...(view.running ? {} : rearmed(after, view, afterMs)), push: !view.running };
  }
  if (outcome.kind !== 'failed') return { kept, push: false };
  const next = failed(kept, view.now, outcome.failure.message, view.running);
  return {
    kept: next,
    ...rearmed(next, view, backOff(next.intervalMs, next.failures)),
    push: !view.running,
  };
}
