import { type Extension, type ExtensionHost, packageVersion, TURN_STARTED } from '@dispatch/extension-api';
import { CACHE_WARMING_SURFACE_ID } from '@dispatch/surface-cache-warming';
import { Actions } from './actions.ts';
import { configSchema, pricesOf } from './config.ts';
import { conversationOf, Keeper } from './keeper.ts';
import { warmingSurface } from './surface.ts';
import { WARM_ROUTE, warmRoute } from './warm-route.ts';
import { Warmer } from './warmer.ts';

/** Keeps the prompts of conversations in their provider's cache where somebody switched that on, and tells what it costs. */
export const extension: Extension = {
  manifest: {
    id: 'cache-warming',
    name: 'Cache Warming',
    version: packageVersion(import.meta.url),
    apiVersion: '^0.4.0',
    contributes: { surfaces: [CACHE_WARMING_SURFACE_ID], routes: [WARM_ROUTE] },
    capabilities: { db: true, conversations: true, models: true },
    configSchema,
  },
  activate,
};

function activate(host: ExtensionHost): void {
  const keeper = new Keeper(host, pricesOf(host.config), (conversationId) =>
    shown.changed({ conversationId }),
  );
  const warmer = new Warmer(host, keeper);
  const actions = new Actions(host, keeper, warmer);
  const shown = host.addSurface(warmingSurface(host, keeper, actions));
  host.addRoute(warmRoute(host, warmer));

  /**
   * A turn may ask for a model that nobody provides; it fails, and what was warmed before goes on. So it does behind a version that asked another model
   * than the conversation's, this time only: the next message goes to that one.
   */
  const warmable = async (conversationId: string, model: string, before: string | null) => {
    if (before === null) return model;
    const isNext = (await host.models.modelOf(conversationId)) === model;
    return isNext && host.models.source(model) !== undefined ? model : before;
  };

  host.on(TURN_STARTED, async ({ conversationId, turnId, model, cwd }) => {
    keeper.turnBegan(conversationId, { turnId, model, cwd });
    await keeper.queues.run(conversationId, async () => {
      const standing = await keeper.stand(conversationId);
      const warmed = await warmable(conversationId, model, standing.kept.model);
      await keeper.step(conversationId, standing, { type: 'turn-started', model: warmed, cwd }, true);
    });
  });

  host.onEvent('turn.sealed', async ({ id: eventId, payload: turn }) => {
    const { conversationId } = turn;
    await keeper.queues.run(conversationId, async () => {
      const { view, facts, ...standing } = await keeper.stand(conversationId, turn.turnId);
      const told = keeper.toldTurn(conversationId);
      const cwd = told?.turnId === turn.turnId ? told.cwd : (facts?.cwd ?? null);
      const priced = { ...view, price: keeper.price(turn.model) };
      const model = await warmable(conversationId, turn.model, standing.kept.model);
      const event = { type: 'turn-sealed', eventId, turn, model, cwd } as const;
      await keeper.step(conversationId, { ...standing, facts, view: priced }, event);
      // Behind the commit: an event that comes again must find the turn.
      keeper.turnEnded(turn);
    });
    return undefined;
  });

  host.onEvent('conversation.closed', async ({ id: eventId, payload: { conversationId, closes } }) => {
    await keeper.queues.run(conversationId, async () => {
      const standing = await keeper.stand(conversationId);
      await keeper.step(conversationId, standing, { type: 'closed', eventId, closes });
    });
    return undefined;
  });

  host.onTimer(async ({ key }, signal) => {
    await warmer.onTimer(conversationOf(key), signal);
    return undefined;
  });
}
