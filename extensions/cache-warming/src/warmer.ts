import type { ExtensionHost, WarmOutcome, WarmRefusal } from '@dispatch/extension-api';
import { Gate } from './gate.ts';
import { type Keeper, timerKey } from './keeper.ts';
import type { Kept, Pause } from './kept.ts';
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

/** Switched off while it waited for its turn: nothing was sent, and nobody failed. */
const UNWANTED: WarmOutcome = { kind: 'refused', reason: 'given-up' };

/** Calls under way at once. After a long sleep all are due, and a provider would answer them with 429. */
const AT_ONCE = 64;

/** Sends warms, one at a time in a conversation, and tells the machine how they went. */
export class Warmer {
  readonly #host: ExtensionHost;
  readonly #keeper: Keeper;
  readonly #gate = new Gate(AT_ONCE);

  constructor(host: ExtensionHost, keeper: Keeper) {
    this.#host = host;
    this.#keeper = keeper;
  }

  /** The timer of a conversation fired. Ends when its warm, if there is one, is on its way: other timers do not wait for a provider. */
  async onTimer(id: string, signal: AbortSignal): Promise<void> {
    const flight = await this.#keeper.queues.run(id, () => this.#due(id, signal));
    if (flight !== undefined) this.landLater(flight);
  }

  /** Begins a warm somebody asked for. What is answered can be {@link land}ed. `quiet`: somebody else sends the update. */
  begin(wish: WarmWish, quiet = false): Promise<Flight | NotSent> {
    return this.#keeper.queues.run(wish.conversationId, () => this.#asked(wish, quiet));
  }

  /** {@link land}s when nobody waits for it. A warm that cannot be booked stays marked, and counts as failed later. */
  landLater(flight: Flight): void {
    this.land(flight).catch((error: unknown) => {
      const why = error instanceof Error ? error.name : 'unknown';
      this.#host.log.error('a warm could not be booked', { why });
    });
  }

  /** Sends what was begun, and books it. */
  async land(flight: Flight): Promise<WarmOutcome> {
    const { conversationId: id, counted, ...rest } = flight;
    const waited = await this.#gate.enter();
    try {
      const outcome = waited && counted && !(await this.#stillOn(id)) ? UNWANTED : await this.#send(id, rest);
      return await this.#landed(id, outcome, counted, this.#host.clock.mono());
    } finally {
      this.#gate.leave();
      this.#keeper.flights.delete(id);
    }
  }

  #send(conversationId: string, wish: Omit<Flight, 'conversationId' | 'counted'>): Promise<WarmOutcome> {
    return this.#host.models.warm({ conversationId, ...wish });
  }

  #stillOn(id: string): Promise<boolean> {
    return this.#keeper.queues.run(id, async () => {
      const { kept, view } = await this.#keeper.stand(id);
      return isOn(kept, view);
    });
  }

  async #due(id: string, signal: AbortSignal): Promise<Flight | undefined> {
    const { timers } = this.#host;
    const standing = await this.#keeper.stand(id);
    if (standing.lost) return undefined;
    // Set again while this call waited for its turn: the new time counts.
    if (((await timers.remainingMs(timerKey(id))) ?? 0) > 0) return undefined;
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
    const { models } = this.#host;
    const standing = await this.#keeper.stand(id);
    const { kept, view, stored, facts } = standing;
    if (view.running) return { kind: 'refused', reason: 'turn-running' };
    if (this.#keeper.flights.has(id)) return { kind: 'refused', reason: 'warm-running' };
    if (!isOn(kept, view) || kept.model === null) {
      const pause = stored
        ? this.#against(kept, wish.model ?? (await models.modelOf(id)), view.now)
        : undefined;
      if (pause !== undefined) return { kind: 'refused', reason: pause };
      this.#keeper.flights.set(id, { counted: false });
      // A close while it waits stops it. Where nothing could be read, the kernel says what is the matter.
      return { ...wish, ...(facts === undefined ? {} : { closes: view.closes }), counted: false };
    }
    const pause = this.#against(kept, wish.model ?? kept.model, view.now);
    if (pause !== undefined) return { kind: 'refused', reason: pause };
    await this.#keeper.step(id, standing, { type: 'warm-asked' }, true);
    this.#keeper.flights.set(id, { counted: true });
    if (!quiet) this.#keeper.tell(id);
    const { model, cwd, closes } = kept;
    return { model, ...(cwd === null ? {} : { cwd }), ...wish, closes, counted: true };
  }

  /** The budget that stands against a warm by hand. */
  #against(kept: Kept, model: string, now: number): Pause | undefined {
    return stopBefore({ ...kept, model }, this.#keeper.price(model), now, true);
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
      const price = this.#keeper.price(outcome.kind === 'refused' ? flown.kept.model : outcome.model);
      const standing = { ...flown, view: { ...flown.view, price } };
      if (!counted) {
        await this.#keeper.step(id, standing, { type: 'warm-beside', outcome }, true);
        if (flown.view.running) return outcome;
        this.#keeper.glances.put(id, outcome);
        this.#keeper.tell(id);
        return outcome;
      }
      const elapsedMs = this.#host.clock.mono() - answeredAt;
      await this.#keeper.step(id, standing, { type: 'warm-ended', outcome, elapsedMs });
      return outcome;
    });
  }
}
