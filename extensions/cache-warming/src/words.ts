import type { Standing } from './keeper.ts';
import type { Kept, Pause } from './kept.ts';
import { isOn } from './machine.ts';
import { moneyText } from './money.ts';
import { stopBefore } from './outlook.ts';
import type { Price } from './prices.ts';

/** Which budget stopped it, in words. */
export function pauseText(pause: Pause, { budget }: Kept): string {
  switch (pause) {
    case 'money':
      return `the budget of ${moneyText(budget.moneyMicros ?? 0)} would be crossed`;
    case 'unpriced':
      return 'there is a budget in money, and no price of this model is known';
    case 'unsized':
      return 'the price of the next warm is not known yet; the next turn will tell';
    case 'warms':
      return `the budget of ${budget.warms ?? 0} warms is used up`;
    case 'idle':
      return `nobody wrote for ${budget.idleMinutes ?? 0} minutes`;
  }
}

/** What happens next, and why. */
export function decisionText(
  standing: Standing,
  inFlight: boolean,
  nextWarmAt: number | null,
  chance: number | undefined,
): string {
  const { kept, view, unreadable } = standing;
  if (!isOn(kept, view)) {
    if (kept.enabled && unreadable) return 'Off: the conversation could not be read.';
    if (kept.enabled && kept.closes !== view.closes) return 'Off: The conversation was closed.';
    if (kept.enabled) return `Off: no credential provides ${kept.model ?? 'its model'} any more.`;
    return kept.offReason === null ? 'Off.' : `Off: ${kept.offReason}`;
  }
  if (view.running) return 'Waits until the turn has ended.';
  if (inFlight) return 'Warms now.';
  if (kept.pause !== null) return `Stopped: ${pauseText(kept.pause, kept)}.`;
  const stop = nextWarmAt === null ? undefined : stopBefore(kept, view.price, nextWarmAt);
  if (stop !== undefined) return `Will stop instead of warming: ${pauseText(stop, kept)}.`;
  if (kept.failures > 0) return `Tries again; ${kept.failures} in a row failed.`;
  const pays =
    chance === undefined
      ? ''
      : ` It pays if somebody comes back in between with a chance over ${percent(chance)}.`;
  return `Warms, because it is on and no budget stands against it.${pays}`;
}

/** Why it does not pay as it is set. Undefined: nothing speaks against it. */
export function adviceText(kept: Kept, price: Price | undefined): string | undefined {
  if (price === undefined) return undefined;
  const seconds = Math.round(kept.intervalMs / 1_000);
  if (seconds > price.lifetimeSeconds) {
    return `An interval of ${seconds} s does not help: the provider keeps a prompt ${price.lifetimeSeconds} s.`;
  }
  if (kept.prompt?.model === kept.model && kept.prompt?.cached === 0) {
    return `Warming does not help yet: the prompt is shorter than the ${price.minimumPrefix} tokens that are cached.`;
  }
  return undefined;
}

/** Which prices are used, of when and from where. */
export function pricesText(price: Price | undefined): string | undefined {
  if (price === undefined) return undefined;
  const { input, cacheRead, cacheWrite, output, asOf, source, note } = price;
  const figures = `input $${input}, cache read $${cacheRead}, cache write $${cacheWrite}, output $${output}`;
  return `${figures} per million tokens; ${asOf}, ${source}${note === undefined ? '' : ` (${note})`}`;
}

const percent = (fraction: number) => `${Math.round(fraction * 100)}%`;
