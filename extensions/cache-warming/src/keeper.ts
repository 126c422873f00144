import type {
  ConversationFacts,
  ExtensionHost,
  TurnSealedPayload,
  WarmOutcome,
} from '@dispatch/extension-api';
import { BoundedMap } from './bounded-map.ts';
import { type Kept, readKept, untouched } from './kept.ts';
import { isOn, type Next, next, type View, type WarmingEvent } from './machine.ts';
import { type Price, type PriceBook, priceOf } from './prices.ts';
import { Queues } from './queues.ts';
import { noteTurn } from './warm-result.ts';

const REMEMBERED = 1_000;

/** A turn that runs, as the hook told it. */
interface RunningTurn {
  readonly turnId: string;
  readonly model: string;
  readonly cwd: string | null;
}

/** A conversation as it stands at this moment. */
export interface Standing {
  readonly kept: Kept;
  readonly view: View;
  readonly facts: ConversationFacts | undefined;
  /** Whether it has a row. */
  readonly stored: boolean;
  /** Whether its parts could be read. */
  readonly damaged: boolean;
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
  turnBegan(conversationId: string, turn: RunningTurn): void {
    this.#turns.set(conversationId, turn);
    this.#changed(conversationId);
  }

  /** A turn ended. Another one that runs already stays. */
  turnEnded(turn: TurnSealedPayload): RunningTurn | undefined {
    const running = this.#turns.get(turn.conversationId);
    if (running?.turnId !== turn.turnId) return undefined;
    this.#turns.delete(turn.conversationId);
    return running;
  }

  /** The surface of a conversation shows something else now. */
  tell(conversationId: string): void {
    this.#changed(conversationId);
  }

  runningTurn(conversationId: string): RunningTurn | undefined {
    return this.#turns.get(conversationId);
  }

  /** What is kept before anything else happens; a warm that died with its process is settled first. To be called in the queue. */
  async stand(id: string): Promise<Standing & { readonly lost: boolean }> {
    const standing = await this.#read(id);
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
      this.#drafts.delete(id);
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

  async #commit(id: string, { kept, stored }: Standing, { kept: after, timer }: Next): Promise<void> {
    const key = timerKey(id);
    const same = after === kept;
    if (same && timer === undefined) return;
    const outcome = await this.#host.commit({
      ...(same && stored ? {} : { put: [{ key: rowKey(id), value: asJson(after) }] }),
      ...(timer === undefined
        ? {}
        : { timers: timer === 'none' ? { cancel: [key] } : { set: [{ key, afterMs: timer }] } }),
    });
    if (outcome === 'conflict') throw new Error('a commit without expectations met a conflict');
  }

  async #read(id: string): Promise<Standing> {
    const row = await this.#host.storage.get(rowKey(id));
    const kept = row === undefined ? (this.#drafts.get(id) ?? untouched()) : readKept(row.value);
    let facts: ConversationFacts | undefined;
    let damaged = false;
    try {
      facts = await this.#host.conversations.get(id);
    } catch {
      // Told on the surface: the warming of such a conversation reads off, with this as its reason.
      damaged = true;
    }
    const callable = kept.model === null || this.#host.models.source(kept.model) !== undefined;
    const view: View = {
      now: this.#host.clock.now(),
      closes: facts?.closes ?? 0,
      running: this.#turns.has(id) || (facts?.runningTurnId ?? null) !== null,
      busy: this.flights.has(id),
      usable: callable && !damaged,
      price: this.price(kept.model),
    };
    return { kept, view, facts, damaged, stored: row !== undefined };
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
