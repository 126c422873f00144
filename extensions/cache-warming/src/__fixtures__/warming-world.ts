import { TURN_STARTED, type TurnSealedPayload, type WarmOutcome } from '@dispatch/extension-api';
import { createTestHost, type TestHost, type TestSubscription } from '@dispatch/extension-api/testing';
import { CACHE_WARMING_SURFACE_ID, type CacheWarmingTimerPayload } from '@dispatch/surface-cache-warming';
import type { SurfaceSpec } from '@dispatch/ui-contract';
import { extension } from '../extension.ts';

export const ID = 'c';
/** A conversation nobody ever touches. */
export const UNTOUCHED = 'u';
export const MODEL = 'demo/prose';

/** What a surface says, picked out as a client does: by kind, label and renderer. */
export interface Seen {
  readonly on: boolean;
  readonly seconds: number;
  readonly nextWarmAt: number | null;
  readonly lastWarmAt: number | null;
  stat(label: string): string | undefined;
}

export function seen({ fields }: SurfaceSpec): Seen {
  const toggle = fields.find((field) => field.kind === 'toggle');
  const number = fields.find((field) => field.kind === 'number');
  const timer = fields.find((field) => field.kind === 'custom' && field.rendererId === 'cache-warming-timer');
  const payload = Object(timer).payload as CacheWarmingTimerPayload;
  const stat = (label: string) => {
    const found = fields.find((field) => field.kind === 'stat' && field.label === label);
    return found?.kind === 'stat' ? found.value : undefined;
  };
  return { on: toggle?.value ?? false, seconds: number?.value ?? Number.NaN, ...payload, stat };
}

const usage = (read: number, write: number) => ({
  inputTokens: 10_000,
  outputTokens: 1,
  cacheReadTokens: read,
  cacheWriteTokens: write,
});

export type WarmResult = 'ok' | 'ineffective' | 'fail';

interface Pending {
  readonly startedAt: number;
  resolve(outcome: WarmOutcome): void;
}

/** The extension in a test host, with one conversation that runs turns, is warmed, closed and restarted. */
export class WarmingWorld {
  readonly test: TestHost = createTestHost({ manifest: extension.manifest });
  readonly pending: Pending[] = [];
  reader: TestSubscription | undefined;
  untouched!: TestSubscription;
  #turns = 0;
  #told = false;
  #toldAt = 0;

  async begin(): Promise<this> {
    this.test.models.put(ID, { model: MODEL, cwd: '/work' });
    this.test.models.put(UNTOUCHED);
    this.test.models.answerWarms(
      () => new Promise((resolve) => this.pending.push({ startedAt: this.now(), resolve })),
    );
    await this.test.activate(extension);
    await this.subscribe();
    this.untouched = await this.test.surfaces.subscribe(CACHE_WARMING_SURFACE_ID, {
      conversationId: UNTOUCHED,
    });
    return this;
  }

  now(): number {
    return this.test.clock.now();
  }

  facts() {
    return this.test.models.put(ID);
  }

  /** Whether a turn runs, as far as an extension can know that did not hear of its end yet. */
  held(): boolean {
    const running = this.facts().runningTurnId !== null;
    if (!running && this.test.undelivered() === 0) this.#told = false;
    // What the store does not know for longer is not believed any more.
    return running || (this.#told && this.test.clock.mono() - this.#toldAt <= 5_000);
  }

  /** The surface as it stands, whoever looks. */
  async look(id: string = ID): Promise<Seen> {
    return seen(await this.test.surfaces.show(CACHE_WARMING_SURFACE_ID, { conversationId: id }));
  }

  updates(): number {
    return this.reader?.updates.length ?? 0;
  }

  sent(id: string = ID): number {
    return this.test.models.warms.filter(({ call, sent }) => sent && call.conversationId === id).length;
  }

  async subscribe(): Promise<void> {
    this.reader = await this.test.surfaces.subscribe(CACHE_WARMING_SURFACE_ID, { conversationId: ID });
  }

  unsubscribe(): void {
    this.reader?.end();
    this.reader = undefined;
  }

  invoke(action: string, payload?: Parameters<TestHost['invoke']>[2]) {
    return this.test.invoke(CACHE_WARMING_SURFACE_ID, `cache-warming/${action}`, payload, {
      conversationId: ID,
    });
  }

  /** Starts a turn; its model becomes the conversation's, as with a send. */
  async startTurn(model: string = MODEL, cwd: string | null = '/work', told = true): Promise<void> {
    this.#turns += 1;
    const turnId = `t${this.#turns}`;
    this.test.models.put(ID, { runningTurnId: turnId, status: 'active', model });
    const turn = { conversationId: ID, turnId, startedBy: 'user', model, cwd };
    if (!told) return;
    this.#told = true;
    this.#toldAt = this.test.clock.mono();
    await this.test.tell(TURN_STARTED, turn);
  }

  /** Seals the running turn; `delivered` false leaves the event waiting. */
  async sealTurn(delivered = true, more: Partial<TurnSealedPayload> = {}): Promise<void> {
    const { runningTurnId } = this.facts();
    if (runningTurnId === null) return;
    this.test.models.put(ID, { runningTurnId: null, status: 'idle' });
    this.#elsewhere();
    const step = { stepId: 's', usage: usage(9_900, 100), genTotalMs: 0 };
    this.test.append('turn.sealed', {
      conversationId: ID,
      turnId: runningTurnId,
      startedBy: 'user',
      model: MODEL,
      reason: 'stop',
      startedAt: this.now(),
      sealedAt: this.now(),
      metrics: { turnId: runningTurnId, usage: step.usage, steps: [step] } as never,
      ...more,
    });
    if (delivered) await this.test.deliver();
  }

  /** A turn of the conversation nobody touches ends too. */
  #elsewhere(): void {
    const metrics = { turnId: 'elsewhere', usage: usage(0, 10_000), steps: [] } as never;
    const at = { startedAt: this.now(), sealedAt: this.now() };
    const turn = { conversationId: UNTOUCHED, turnId: 'elsewhere', startedBy: 'user', model: MODEL };
    this.test.append('turn.sealed', { ...turn, reason: 'stop', ...at, metrics });
  }

  async close(delivered = true): Promise<void> {
    this.test.append('conversation.closed', { conversationId: UNTOUCHED, closes: 0 });
    const { closes } = this.test.models.put(ID, { closes: this.facts().closes + 1, status: 'closed' });
    this.test.append('conversation.closed', { conversationId: ID, closes });
    if (delivered) await this.test.deliver();
  }

  /** The oldest warm under way ends. */
  async endWarm(result: WarmResult): Promise<void> {
    const warm = this.pending.shift();
    if (warm === undefined) return;
    const failure = { code: 'overloaded', message: 'The provider is overloaded.', retryable: true } as const;
    warm.resolve(
      result === 'fail'
        ? { kind: 'failed', model: MODEL, failure }
        : {
            kind: 'warmed',
            model: MODEL,
            usage: result === 'ok' ? usage(9_900, 100) : usage(0, 10_000),
            startedAt: warm.startedAt,
            completedAt: this.now(),
          },
    );
    await this.test.advance(0);
  }

  async restart(): Promise<void> {
    this.pending.length = 0;
    if (this.facts().runningTurnId !== null) await this.sealTurn(false, { reason: 'interrupted' });
    await this.test.restart();
  }
}
