import { type BreakEven, breakEven } from './break-even.ts';
import type { Kept, Pause } from './kept.ts';
import { costOf, costOfTokens } from './money.ts';
import type { Price } from './prices.ts';

/** What a person sees besides the schedule: what is to come and what it costs. Money in millionths of a dollar; undefined is not known. */
export interface Outlook {
  readonly nextMicros: number | undefined;
  readonly coldMicros: number | undefined;
  readonly breakEven: BreakEven | undefined;
  /** Epoch milliseconds. */
  readonly breakEvenAt: number | undefined;
}

/** What the call of a warm at a moment is expected to cost. */
export function warmCost(kept: Kept, price: Price | undefined, at: number): number | undefined {
  const { prompt, model } = kept;
  if (price === undefined || prompt === null || prompt.model !== model) return undefined;
  const alive = at <= prompt.startedAt + price.lifetimeSeconds * 1_000;
  const { tokens, cached } = prompt;
  const asked = { inputTokens: tokens, outputTokens: 1 };
  if (cached === 0) return costOf(asked, price);
  const read = alive ? Math.min(cached, tokens) : 0;
  return costOf({ ...asked, cacheReadTokens: read, cacheWriteTokens: tokens - read }, price);
}

/** What stands behind the fields about money, for a warm at a moment. */
export function outlook(kept: Kept, price: Price | undefined, at: number): Outlook {
  const { prompt, turnPrompt, intervalMs } = kept;
  const nextMicros = warmCost(kept, price, at);
  if (price === undefined || prompt === null || prompt.model !== kept.model) {
    return { nextMicros, coldMicros: undefined, breakEven: undefined, breakEvenAt: undefined };
  }
  const tokens = Math.max(1, prompt.tokens);
  const even =
    intervalMs > price.lifetimeSeconds * 1_000 || prompt.cached === 0
      ? undefined
      : breakEven({
          write: price.cacheWrite,
          read: price.cacheRead,
          lifetime: price.lifetimeSeconds * 1_000,
          interval: intervalMs,
          overhead: price.output / tokens,
        });
  const from = turnPrompt?.startedAt;
  const last = from === undefined || even === undefined ? Number.NaN : Math.floor(from + even.after);
  return {
    nextMicros,
    coldMicros: costOfTokens(prompt.tokens, prompt.cached === 0 ? price.input : price.cacheWrite),
    breakEven: even,
    breakEvenAt: Number.isFinite(last) ? last : undefined,
  };
}

/** The limit a warm at a moment would cross. One that somebody asks for by hand is not held against the idle time. */
export function stopBefore(
  kept: Kept,
  price: Price | undefined,
  at: number,
  byHand = false,
): Pause | undefined {
  const { budget, ledger, activeAt } = kept;
  if (budget.warms !== null && ledger.warms + 1 > budget.warms) return 'warms';
  if (budget.moneyMicros !== null) {
    if (price === undefined) return 'unpriced';
    const cost = warmCost(kept, price, at);
    // A budget in money is a hard stop: what cannot be held against it is not sent.
    if (cost === undefined) return 'unsized';
    if (ledger.spentMicros + cost > budget.moneyMicros) return 'money';
  }
  if (!byHand && budget.idleMinutes !== null && at - activeAt >= budget.idleMinutes * 60_000) return 'idle';
  return undefined;
}
