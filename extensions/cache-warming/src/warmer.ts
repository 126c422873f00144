import type { ExtensionHost, WarmOutcome, WarmRefusal } from '@dispatch/extension-api';
import type { Keeper } from './keeper.ts';
import type { Pause } from './kept.ts';
import { isOn } from './machine.ts';
import { stopBefore } from './outlook.ts';

/** A warm that was not sent: by the kernel's rules, or because a budget stands against it. */
export type NotSent = { readonly kind: 'refused'; readonly reason: WarmRefusal | Pause };

/** What a person may ask of one warm. */
export interface WarmWish {
  readonly conversationId: string;
  readonly model?: string;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

interface Flight extends WarmWish {
  readonly counted: boolean;
  readonly closes?: number;
}

/** Sends warms, one at a time in a conversation, and tells the machine how they went. */
export class Warmer {
  readonly #host: ExtensionHost;
  readonly #keeper: Keeper;

  constructor(host: ExtensionHost, keeper: Keeper) {
    this.#host = host;
    this.#keeper = keeper;
  }

  /** The timer of a conversation fired. Ends when its warm did, if there was one. */
  async onTimer(id: string, signal: AbortSignal): Promise<void> {
    const flight = await this.#keeper.queues.run(id, () => this.#due(id, signal));
    if (flight !== undefined) await this.land(flight);
  }

  /** Begins a warm somebody asked for. What is answered can be {@link land}ed. `quiet`: somebody else sends the update. */
  begin(wish: WarmWish, quiet = false): Promise<Flight | NotSent> {
    return this.#keeper.queues.run(wish.conversationId, () => this.#asked(wish, quiet));
  }

  /** Sends what was begun, and books it. */
  async land(flight: Flight): Promise<WarmOutcome> {
    const { conversationId: id, counted, ...rest } = flight;
    let answeredAt = 0;
    try {
      const outcome = await this.#host.models.warm({ conversationId: id, ...rest });
      answeredAt = this.#host.clock.mono();
      return await this.#landed(id, outcome, counted, answeredAt);
    } finally {
      this.#keeper.flights.delete(id);
    }
  }

  async #due(id: string, signal: AbortSignal): Promise<Flight | undefined> {
    const { timers } = this.#host;
    const standing = await this.#keeper.stand(id);
    if (standing.lost) return undefined;
    // Set again while this call waited for its turn: the new time counts.
    if (((await timers.remainingMs(`warm/${id}`)) ?? 0) > 0) return undefined;
    const { kept, push, warm } = await this.#keeper.step(id, standing, { type: 'timer-fired' }, true);
    if (warm === undefined || kept.model === null) {
      if (push) this.#keeper.tell(id);
      return undefined;
    }
    const { model, cwd, closes } = kept;
    this.#keeper.flights.set(id, { counted: true });
    this.#keeper.tell(id);
    return { conversationId: id, counted: true, model, closes, signal, ...(cwd === null ? {} : { cwd }) };
  }

  async #asked(wish: WarmWish, quiet: boolean): Promise<Flight | NotSent> {
    const id = wish.conversationId;
    const standing = await this.#keeper.stand(id);
    const { kept, view } = standing;
    if (view.running) return { kind: 'refused', reason: 'turn-running' };
    if (this.#keeper.flights.has(id)) return { kind: 'refused', reason: 'warm-running' };
    if (!isOn(kept, view) || kept.model === null) {
      this.#keeper.flights.set(id, { counted: false });
      return { ...wish, counted: false };
    }
    const pause = stopBefore(kept, view.price, view.now, true);
    if (pause !== undefined) return { kind: 'refused', reason: pause };
    await this.#keeper.step(id, standing, { type: 'warm-asked' }, true);
    this.#keeper.flights.set(id, { counted: true });
    if (!quiet) this.#keeper.tell(id);
    const { model, cwd, closes } = kept;
    return { model, ...(cwd === null ? {} : { cwd }), ...wish, closes, counted: true };
  }

  async #landed(
    id: string,
    outcome: WarmOutcome,
    counted: boolean,
    answeredAt: number,
  ): Promise<WarmOutcome> {
    return this.#keeper.queues.run(id, async () => {
      const flown = await this.#keeper.stand(id);
      this.#keeper.flights.delete(id);
      if (!counted) {
        if (flown.view.running) return outcome;
        this.#keeper.glances.put(id, outcome);
        this.#keeper.tell(id);
        return outcome;
      }
      const price = this.#keeper.price(outcome.kind === 'refused' ? flown.kept.model : outcome.model);
      const standing = { ...flown, view: { ...flown.view, price } };
      const elapsedMs = this.#host.clock.mono() - answeredAt;
      await this.#keeper.step(id, standing, { type: 'warm-ended', outcome, elapsedMs });
      return outcome;
    });
  }
}
