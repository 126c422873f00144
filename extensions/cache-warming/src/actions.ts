import { type ExtensionHost, type JsonValue, SurfaceRefusal } from '@dispatch/extension-api';
import { CACHE_WARMING_ACTIONS as ACTIONS } from '@dispatch/surface-cache-warming';
import type { Keeper } from './keeper.ts';
import { isOn, isWanted } from './machine.ts';
import { wantedBudget, wantedInterval, wantedSwitch } from './payloads.ts';
import { whyNotSent } from './refusals.ts';
import type { Warmer } from './warmer.ts';

/** What people do on the surface of a conversation. The host sends the update behind each of these. */
export class Actions {
  readonly #host: ExtensionHost;
  readonly #keeper: Keeper;
  readonly #warmer: Warmer;

  constructor(host: ExtensionHost, keeper: Keeper, warmer: Warmer) {
    this.#host = host;
    this.#keeper = keeper;
    this.#warmer = warmer;
  }

  /** Throws {@link SurfaceRefusal} for what cannot be done. */
  async invoke(
    actionId: string,
    payload: JsonValue | undefined,
    conversationId: string | undefined,
  ): Promise<void> {
    const known: readonly string[] = Object.values(ACTIONS);
    if (!known.includes(actionId))
      throw new SurfaceRefusal(`There is no action "${actionId}".`, 'unknown-action');
    if (conversationId === undefined) throw new SurfaceRefusal('Choose a conversation first.');
    if (actionId === ACTIONS.warm) return this.#warm(conversationId);
    await this.#keeper.queues.run(conversationId, () => this.#change(actionId, payload, conversationId));
  }

  async #change(actionId: string, payload: JsonValue | undefined, id: string): Promise<void> {
    const standing = await this.#keeper.stand(id);
    const { kept, view } = standing;
    if (actionId === ACTIONS.toggle) {
      // While it cannot go on it reads off and is wanted all the same: off must hold then too.
      const on = wantedSwitch(payload, isWanted(kept, view));
      if (on ? isOn(kept, view) : !isWanted(kept, view)) return;
      if (on) await this.#switchOn(id, standing);
      else await this.#keeper.step(id, standing, { type: 'switched-off' }, true);
    } else if (actionId === ACTIONS.setInterval) {
      const intervalMs = wantedInterval(payload);
      await this.#keeper.step(id, standing, { type: 'interval-set', intervalMs }, true);
    } else {
      const limit =
        actionId === ACTIONS.setBudgetMoney
          ? 'moneyMicros'
          : actionId === ACTIONS.setBudgetWarms
            ? 'warms'
            : 'idleMinutes';
      const budget = wantedBudget(kept.budget, limit, payload);
      await this.#keeper.step(id, standing, { type: 'budget-set', budget }, true);
    }
  }

  async #switchOn(id: string, standing: Awaited<ReturnType<Keeper['stand']>>): Promise<void> {
    if (standing.unreadable) throw new SurfaceRefusal('The conversation could not be read.');
    const turn = standing.view.running ? this.#keeper.toldTurn(id) : undefined;
    const model = turn?.model ?? (await this.#host.models.modelOf(id));
    if (this.#host.models.source(model) === undefined) {
      throw new SurfaceRefusal(`No credential provides ${model}.`);
    }
    const cwd = turn === undefined ? (standing.facts?.cwd ?? null) : turn.cwd;
    await this.#keeper.step(id, standing, { type: 'switched-on', model, cwd }, true);
  }

  /** The action is through when the call is on its way; how it went is an update of its own. */
  async #warm(conversationId: string): Promise<void> {
    const begun = await this.#warmer.begin({ conversationId }, true);
    if ('kind' in begun) throw new SurfaceRefusal(whyNotSent(begun.reason));
    this.#warmer.landLater(begun);
  }
}
