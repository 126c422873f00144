import type { TurnSealedPayload, WarmOutcome, WarmRefusal } from '@dispatch/extension-api';
import type { Usage } from '@dispatch/wire';
import { type Kept, type LastPrompt, withWarm } from './kept.ts';
import { costOf, savedBy } from './money.ts';
import { cachePct, expectedCacheRate, toldCache } from './percent.ts';
import type { Price } from './prices.ts';

/** A prompt shorter than this is cached by nobody, as far as anybody says. */
const SHORTEST = 1_024;
const EFFECTIVE = 0.9;
const INEFFECTIVE_AT_MOST = 1;

/** `answered`: tokens of the answer, where the next prompt contains it. */
function promptOf(
  usage: Usage,
  model: string,
  startedAt: number,
  price: Price | undefined,
  answered = 0,
): LastPrompt {
  const told = (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
  const long = usage.inputTokens >= (price?.minimumPrefix ?? SHORTEST);
  return {
    model,
    tokens: usage.inputTokens + answered,
    cached: told > 0 ? told : long ? usage.inputTokens : 0,
    startedAt,
  };
}

/**
 * A warm went well. What it cost is booked in any case; unless `shown`, because a turn runs, nothing else is. Two in a row that found too little switch
 * it off.
 */
export function warmed(
  kept: Kept,
  outcome: Extract<WarmOutcome, { kind: 'warmed' }>,
  price: Price | undefined,
  shown: boolean,
  on: boolean,
): Kept {
  const { usage, completedAt, startedAt, model } = outcome;
  const told = usage.inputTokens > 0;
  const micros = priceOfCall(usage, price);
  const { prompt } = kept;
  const booked: Kept = { ...kept, flight: null, ledger: withCost(kept.ledger, micros) };
  if (!shown) return booked;
  const own = model === kept.model;
  const hoped = own && prompt?.model === model ? prompt.cached : 0;
  const missed = (usage.cacheReadTokens ?? 0) < EFFECTIVE * hoped;
  // One of another model, by hand, says nothing about the cache that is kept warm.
  const ineffective = missed ? kept.ineffective + 1 : own ? 0 : kept.ineffective;
  const tooOften = on && ineffective > INEFFECTIVE_AT_MOST;
  const cache = toldCache(usage);
  const last = {
    at: completedAt,
    cachePct: cache ? cachePct(usage) : null,
    retention: cache ? expectedCacheRate(usage) : null,
  };
  return {
    ...booked,
    last,
    warms: withWarm(kept.warms, { at: completedAt, retention: last.retention, micros, missed }),
    failures: 0,
    nothingToWarm: 0,
    ineffective,
    lastError: null,
    prompt: told && own ? promptOf(usage, model, startedAt, price) : prompt,
    warmsSinceTurn: kept.warmsSinceTurn + (own ? 1 : 0),
    ...(tooOften
      ? { enabled: false, offReason: 'Two warms in a row found less than 90% of the prompt in the cache.' }
      : {}),
  };
}

/** What a warm cost, and nothing else of it. Unchanged: nothing was sent. */
export function bookedOnly(kept: Kept, outcome: WarmOutcome, price: Price | undefined): Kept {
  if (outcome.kind === 'refused') return kept;
  const micros = outcome.kind === 'warmed' ? priceOfCall(outcome.usage, price) : null;
  return { ...kept, ledger: withCost(kept.ledger, micros) };
}

/** Null: not known. */
const priceOfCall = (usage: Usage, price: Price | undefined): number | null =>
  price === undefined || usage.inputTokens <= 0 ? null : costOf(usage, price);

const withCost = (ledger: Kept['ledger'], micros: number | null): Kept['ledger'] => ({
  ...ledger,
  spentMicros: ledger.spentMicros + (micros ?? 0),
  warms: ledger.warms + 1,
  unpricedWarms: ledger.unpricedWarms + (micros === null ? 1 : 0),
});

/** A warm was sent and failed; what it cost nobody knows. While a turn runs nobody is told. */
export function failed(kept: Kept, now: number, message: string, dropped = false): Kept {
  const counted: Kept = { ...kept, flight: null, ledger: withCost(kept.ledger, null) };
  if (dropped) return counted;
  const record = { at: now, retention: null, micros: null, missed: false, error: message };
  return {
    ...counted,
    warms: withWarm(kept.warms, record),
    failures: kept.failures + 1,
    nothingToWarm: 0,
    lastError: message,
  };
}

const NOTHING = 'There is nothing to warm yet.';
const NOTHING_AT_MOST = 10;
const GIVEN_UP = `There was nothing to warm ${NOTHING_AT_MOST} times in a row.`;

const REFUSALS: Readonly<Record<WarmRefusal, string | null>> = {
  'unknown-conversation': NOTHING,
  'no-history': NOTHING,
  'unknown-model': 'No credential provides the model.',
  'conversation-damaged': 'Stored parts of the conversation are damaged.',
  closed: null,
  'given-up': null,
  'turn-running': null,
  'warm-running': null,
  draining: null,
};

/** No request was made: nothing is booked. What will not pass by itself counts as a failure. `closes`: how often it was closed by now. */
export function refused(kept: Kept, reason: WarmRefusal, closes: number): Kept {
  const landed: Kept = { ...kept, flight: null };
  if (reason === 'closed' && closes !== kept.closes) {
    return { ...landed, enabled: false, pause: null, offReason: 'The conversation was closed.' };
  }
  const lastError = REFUSALS[reason];
  if (lastError === null) return landed;
  const nothingToWarm = lastError === NOTHING ? (kept.nothingToWarm ?? 0) + 1 : 0;
  const counted = { ...landed, lastError, failures: kept.failures + 1, nothingToWarm };
  if (nothingToWarm < NOTHING_AT_MOST) return counted;
  return { ...counted, enabled: false, pause: null, offReason: GIVEN_UP };
}

/**
 * What a turn that ended says: which prompt stands in the cache now, and whether the one before had been gone without the warms since. Only what was
 * really read counts as avoided.
 */
export function noteTurn(kept: Kept, turn: TurnSealedPayload, price: Price | undefined): Kept {
  const [first] = turn.metrics.steps;
  const last = turn.metrics.steps.at(-1);
  const active: Kept = { ...kept, activeAt: turn.sealedAt, nothingToWarm: 0 };
  if (first === undefined || last === undefined || last.usage.inputTokens <= 0) return active;
  const saved = provenSaving(kept, turn, price);
  const startedAt = turn.sealedAt - (last.genTotalMs ?? 0);
  const prompt = promptOf(last.usage, last.model ?? turn.model, startedAt, price, last.usage.outputTokens);
  const { ledger } = kept;
  return {
    ...active,
    ledger: { ...ledger, avoidedMicros: ledger.avoidedMicros + saved },
    prompt,
    turnPrompt: prompt,
    warmsSinceTurn: 0,
  };
}

function provenSaving(kept: Kept, turn: TurnSealedPayload, price: Price | undefined): number {
  const [first] = turn.metrics.steps;
  const { turnPrompt, warmsSinceTurn } = kept;
  if (first === undefined || price === undefined || turnPrompt === null || warmsSinceTurn === 0) return 0;
  if ((first.model ?? turn.model) !== turnPrompt.model) return 0;
  const gone = turnPrompt.startedAt + price.lifetimeSeconds * 1_000;
  return turn.startedAt <= gone ? 0 : savedBy(first.usage.cacheReadTokens ?? 0, price);
}
