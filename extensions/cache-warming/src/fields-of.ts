import { button, custom, number, stat, toggle } from '@dispatch/extension-api';
import {
  CACHE_WARMING_ACTIONS as ACTIONS,
  CACHE_WARMING_ECONOMICS_RENDERER_ID,
  CACHE_WARMING_TIMER_RENDERER_ID,
  type CacheWarmingEconomicsPayload,
  type CacheWarmingTimerPayload,
  CACHE_WARMING_LABELS as LABELS,
  MAX_INTERVAL_SECONDS,
} from '@dispatch/surface-cache-warming';
import { SERIES_RENDERER_ID, type SeriesPayload, type SurfaceField } from '@dispatch/ui-contract';
import type { Standing } from './keeper.ts';
import type { Kept } from './kept.ts';
import { isOn } from './machine.ts';
import { moneyText } from './money.ts';
import { type Outlook, outlook } from './outlook.ts';
import type { Price } from './prices.ts';
import { adviceText, decisionText, pricesText } from './words.ts';

/** What is shown beside what is kept. */
export interface Shown {
  readonly standing: Standing;
  /** Whether a warm of this process is under way. */
  readonly inFlight: boolean;
  /** Epoch milliseconds at which the timer fires. Undefined: there is none. */
  readonly dueAt: number | undefined;
  /** The last warm, also one that is stored nowhere. Null: there was none. */
  readonly last: Kept['last'];
  readonly lastError: string | null;
}

/** The surface of a conversation. The first five fields are what frontends know since the beginning; nothing may come before or between them. */
export function fieldsOf({ standing, inFlight, dueAt, last, lastError }: Shown): readonly SurfaceField[] {
  const { kept, view } = standing;
  const on = isOn(kept, view);
  const armed = on && !view.running && !inFlight && dueAt !== undefined && dueAt > view.now;
  const nextWarmAt = armed ? dueAt : null;
  const ahead = outlook(kept, view.price, nextWarmAt ?? view.now);
  const decision = decisionText(standing, inFlight, nextWarmAt, ahead.breakEven?.chance);
  const advice = adviceText(kept, view.price);
  return [
    toggle(LABELS.enabled, on, ACTIONS.toggle),
    number(LABELS.interval, Math.round(kept.intervalMs / 1_000), ACTIONS.setInterval, {
      min: 1,
      max: MAX_INTERVAL_SECONDS,
      step: 1,
      unit: 's',
    }),
    stat(LABELS.lastCache, percent(last?.cachePct)),
    stat(LABELS.retention, percent(last?.retention)),
    custom<CacheWarmingTimerPayload>(CACHE_WARMING_TIMER_RENDERER_ID, {
      nextWarmAt,
      lastWarmAt: last?.at ?? null,
    }),
    stat(LABELS.decision, decision),
    ...(lastError === null ? [] : [stat(LABELS.lastError, lastError)]),
    ...(advice === undefined ? [] : [stat(LABELS.advice, advice)]),
    ...moneyFields(kept, ahead),
    ...budgetFields(kept),
    custom<SeriesPayload>(SERIES_RENDERER_ID, seriesOf(kept)),
    custom(CACHE_WARMING_ECONOMICS_RENDERER_ID, economicsOf(kept, view.price, ahead)),
    stat(LABELS.prices, pricesText(view.price)),
    button(LABELS.warmNow, ACTIONS.warm),
  ];
}

const percent = (value: number | null | undefined) =>
  value === null || value === undefined ? undefined : `${value}%`;

const money = (micros: number | undefined) => (micros === undefined ? undefined : moneyText(micros));

function moneyFields(kept: Kept, ahead: Outlook): readonly SurfaceField[] {
  const { spentMicros, avoidedMicros, unpricedWarms, warms } = kept.ledger;
  const more = unpricedWarms === 0 ? '' : ` and ${unpricedWarms} of ${warms} warms at a price not known`;
  const even = ahead.breakEven;
  const minutes = even === undefined || !Number.isFinite(even.after) ? undefined : even.after / 60_000;
  return [
    stat(LABELS.balance, moneyText(avoidedMicros - spentMicros)),
    stat(LABELS.spent, `${moneyText(spentMicros)}${more}`),
    stat(LABELS.avoided, moneyText(avoidedMicros)),
    stat(LABELS.nextWarm, money(ahead.nextMicros)),
    stat(LABELS.coldReturn, money(ahead.coldMicros)),
    stat(
      LABELS.breakEven,
      minutes === undefined
        ? undefined
        : `${minutes.toFixed(minutes < 10 ? 1 : 0)} min after the last turn's request`,
    ),
  ];
}

function budgetFields({ budget }: Kept): readonly SurfaceField[] {
  const none = (limit: number | null) => limit ?? 0;
  return [
    number(LABELS.budgetMoney, none(budget.moneyMicros) / 1_000_000, ACTIONS.setBudgetMoney, {
      min: 0,
      unit: '$',
    }),
    number(LABELS.budgetWarms, none(budget.warms), ACTIONS.setBudgetWarms, { min: 0, step: 1 }),
    number(LABELS.budgetIdle, none(budget.idleMinutes), ACTIONS.setBudgetIdle, {
      min: 0,
      step: 1,
      unit: 'min',
    }),
  ];
}

function seriesOf({ warms }: Kept): SeriesPayload {
  const points = warms.map(({ at, retention, missed, micros, error }) => {
    const note = error ?? (micros === null ? undefined : moneyText(micros));
    const marked = missed || error !== undefined ? { marked: true } : {};
    return { at, value: retention, ...marked, ...(note === undefined ? {} : { note }) };
  });
  return { label: 'Last warms', unit: '%', points };
}

function economicsOf(kept: Kept, price: Price | undefined, ahead: Outlook): CacheWarmingEconomicsPayload {
  const { prompt, ledger, budget } = kept;
  return {
    ...ledger,
    nextWarmMicros: ahead.nextMicros ?? null,
    coldReturnMicros: ahead.coldMicros ?? null,
    breakEvenAt: ahead.breakEvenAt ?? null,
    breakEvenChance: ahead.breakEven?.chance ?? null,
    prefixTokens: prompt?.model === kept.model ? (prompt?.tokens ?? null) : null,
    lifetimeSeconds: price?.lifetimeSeconds ?? null,
    budget,
    prices: price === undefined ? null : pricesOnly(price),
  };
}

function pricesOnly({ asOf, source, input, cacheRead, cacheWrite, output }: Price) {
  return { asOf, source, input, cacheRead, cacheWrite, output };
}
