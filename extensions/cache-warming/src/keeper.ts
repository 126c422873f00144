import type {
  ConversationFacts,
  ExtensionHost,
  TurnSealedPayload,
  WarmOutcome,
} from '@dispatch/extension-api';
import { BoundedMap } from './bounded-map.ts';
import { type Kept, untouched } from './kept.ts';
import { readKept } from './kept-shape.ts';
import { isOn, type Next, next, type View, type WarmingEvent } from './machine.ts';
import { type Price, type PriceBook, priceOf } from './prices.ts';
import { Queues } from './queues.ts';
import { noteTurn } from './warm-result.ts';

const REMEMBERED = 1_000;
/** How long a turn that was told may be missing in the store. */
const TOLD_FOR_MS = 5_000;

/** A turn that runs, as the hook told it. */
interface RunningTurn {
  readonly turnId: string;
  readonly model: string;
  readonly cwd: string | null;
  /** Milliseconds on the clock that never jumps at which it was told. */
  readonly since: number;
}

/** A conversation as it stands at this moment. */
export interface Standing {
  readonly kept: Kept;
  readonly view: View;
  readonly facts: ConversationFacts | undefined;
  /** Whether it has a row. */
  readonly stored: boolean;
  /** Whether it could not be read just now: damaged, or a store in trouble. */
  readonly unreadable: boolean;
}

/** Holds what is kept of conversations against the world: reads it, steps the machine, and commits what follows. One step at a time in a conversation. */
export class Keeper {
  readonly queues: Queues = new Queues();
  /** Warms of this process under way. Each says whether it counts. */
  readonly flights: Map<string, { readonly counted: boolean }> = new Map();
  /** How warms of conversations went whose warming is off. They are stored nowhere. */
  readonly glances: BoundedMap<WarmOutcome> = new BoundedMap(REMEMBERED);
  readonly #turns = new Map<string, RunningTurn>();
  readonly #drafts = new BoundedMap<Kept>(REMEMBERED);
  /** Conversations whose failed read was logged. */
  readonly #logged = new BoundedMap<true>(REMEMBERED);
  readonly #recent = new BoundedMap<TurnSealedPayload>(REMEMBERED);
  readonly #host: ExtensionHost;
  readonly #prices: PriceBook;
  readonly #changed: (conversationId: string) => void;

  constructor(host: ExtensionHost, prices: PriceBook, changed: (conversationId: string) => void) {
    this.#host = host;
    this.#prices = prices;
    this.#changed = changed;
  }

  /** A turn began. Known at once, also to what is waiting in the queue. */
  turnBegan(conversationId: string, turn: Omit<RunningTurn, 'since'>): void {
    this.#turns.set(conversationId, { ...turn, since: this.#host.clock.mono() });
    this.#changed(conversationId);
  }

  /** A turn ended, and that is stored. Another one that runs already stays. */
  turnEnded({ conversationId, turnId }: TurnSealedPayload): void {
    if (this.toldTurn(conversationId)?.turnId === turnId) this.#turns.delete(conversationId);
  }

  /** The surface of a conversation shows something else now. */
  tell(conversationId: string): void {
    this.#changed(conversationId);
  }

  /** The newest turn whose end is not stored yet. It may have ended. */
  toldTurn(conversationId: string): RunningTurn | undefined {
    return this.#turns.get(conversationId);
  }

  /** What is kept before anything else happens; a warm that died with its process is settled first. To be called in the queue. `ended`: a turn that is over. */
  async stand(id: string, ended?: string): Promise<Standing & { readonly lost: boolean }> {
    const standing = await this.#read(id, ended);
    if (standing.kept.flight === null || this.flights.has(id)) return { ...standing, lost: false };
    const { kept } = await this.step(id, standing, { type: 'warm-lost' });
    return { ...standing, kept, lost: true };
  }

  /** One step of the machine, committed. To be called in the queue. `quiet`: somebody else sends the update. */
  async step(id: string, standing: Standing, event: WarmingEvent, quiet = false): Promise<Next> {
    const remembered = event.type === 'switched-on' ? this.#withRecent(id, standing) : standing.kept;
    const after = next(remembered, standing.view, event);
    if (event.type === 'turn-sealed') this.#recent.put(id, event.turn);
    if (standing.stored || event.type === 'switched-on') {
      await this.#commit(id, standing, after);
      if (after.forget === true) this.#drafts.put(id, after.kept);
      else this.#drafts.delete(id);
    } else if (event.type === 'interval-set' || event.type === 'budget-set') {
      this.#drafts.put(id, after.kept);
    }
    if (after.push && !quiet) this.#changed(id);
    return after;
  }

  /** Prices of a model, if any are known. */
  price(model: string | null): Price | undefined {
    return model === null ? undefined : priceOf(this.#prices, this.#host.models.source(model));
  }

  async #commit(id: string, { kept, stored }: Standing, { kept: after, timer, forget }: Next): Promise<void> {
    const key = timerKey(id);
    const same = after === kept;
    if (same && timer === undefined) return;
    const outcome = await this.#host.commit({
      ...(forget === true
        ? { delete: [rowKey(id)] }
        : same && stored
          ? {}
          : { put: [{ key: rowKey(id), value: asJson(after) }] }),
      ...(timer === undefined
        ? {}
        : { timers: timer === 'none' ? { cancel: [key] } : { set: [{ key, afterMs: timer }] } }),
    });
    if (outcome === 'conflict') throw new Error('a commit without expectations met a conflict');
  }

  async #read(id: string, ended?: string): Promise<Standing> {
    const row = await this.#host.storage.get(rowKey(id));
    const kept = row === undefined ? (this.#drafts.get(id) ?? untouched()) : readKept(row.value);
    let facts: ConversationFacts | undefined;
    let unreadable = false;
    try {
      facts = await this.#host.conversations.get(id);
      this.#logged.delete(id);
    } catch (error) {
      // Told on the surface: the warming of such a conversation reads off, with this as its reason, and goes on once it can be read.
      unreadable = true;
      this.#logUnreadable(id, error);
    }
    const callable = kept.model === null || this.#host.models.source(kept.model) !== undefined;
    const view: View = {
      now: this.#host.clock.now(),
      closes: unreadable ? kept.closes : (facts?.closes ?? 0),
      running: this.#tells(id, facts, ended) || (facts?.runningTurnId ?? null) !== null,
      busy: this.flights.has(id),
      usable: callable && !unreadable,
      price: this.price(kept.model),
    };
    return { kept, view, facts, unreadable, stored: row !== undefined };
  }

  /** Whether a turn runs as far as the hook told. What the store still does not know after a while is over, or never came to be. */
  #tells(id: string, facts: ConversationFacts | undefined, ended: string | undefined): boolean {
    const turn = this.#turns.get(id);
    if (turn === undefined || turn.turnId === ended) return false;
    return facts?.runningTurnId === turn.turnId || this.#host.clock.mono() - turn.since <= TOLD_FOR_MS;
  }

  #logUnreadable(conversationId: string, error: unknown): void {
    if (this.#logged.get(conversationId) === true) return;
    this.#logged.put(conversationId, true);
    const why = error instanceof Error ? error.name : 'unknown';
    this.#host.log.warn('a conversation could not be read', { conversationId, why });
  }

  /** A turn that ended before anybody switched it on tells what stands in the cache. */
  #withRecent(id: string, { kept, view }: Standing): Kept {
    const turn = this.#recent.get(id);
    if (turn === undefined || isOn(kept, view) || kept.activeAt >= turn.sealedAt) return kept;
    return noteTurn(kept, turn, this.price(turn.model));
  }
}

export const rowKey = (conversationId: string): string => `conversation/${conversationId}`;
export const timerKey = (conversationId: string): string => `warm/${conversationId}`;

/** The conversation a timer belongs to. */
export const conversationOf = (key: string): string => key.slice(timerKey('').length);

const asJson = (kept: Kept) => JSON.parse(JSON.stringify(kept));
