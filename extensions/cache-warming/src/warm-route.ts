import {
  type ExtensionHost,
  type ExtensionRoute,
  type JsonObject,
  RouteError,
} from '@dispatch/extension-api';
import { cachePct, expectedCacheRate } from './percent.ts';
import { refusalOf } from './refusals.ts';
import type { Warmer } from './warmer.ts';

/** The route as a manifest names it. */
export const WARM_ROUTE = 'POST /chat/warm';

const text = { type: 'string', minLength: 1 } as const;

/** `POST /chat/warm`: one warm by hand. Errors: what {@link refusalOf} says, or the provider's own failure. */
export function warmRoute(host: ExtensionHost, warmer: Warmer): ExtensionRoute {
  return {
    method: 'POST',
    path: '/chat/warm',
    scope: 'chat:write',
    body: {
      type: 'object',
      required: ['conversationId'],
      properties: { conversationId: text, model: text, cwd: { type: 'string' } },
    },
    handle: async ({ body, userId, signal }) => {
      const { conversationId, model, cwd } = body as unknown as {
        readonly conversationId: string;
        readonly model?: string;
        readonly cwd?: string;
      };
      const facts = await host.conversations.get(conversationId);
      // Somebody else's reads as one nobody has written to.
      if (facts === undefined || facts.ownerId !== userId) throw refused('unknown-conversation');
      if (model !== undefined && host.models.source(model) === undefined) throw refused('unknown-model');
      const begun = await warmer.begin({
        conversationId,
        signal,
        ...(model === undefined ? {} : { model }),
        ...(cwd === undefined || cwd.trim() === '' ? {} : { cwd }),
      });
      if ('kind' in begun) throw refused(begun.reason);
      const outcome = await warmer.land(begun);
      if (outcome.kind === 'refused') throw refused(outcome.reason);
      // Only the provider knows its models: one it does not have is found out by asking.
      if (outcome.kind === 'failed' && outcome.failure.code === 'unknown-model')
        throw refused('unknown-model');
      if (outcome.kind === 'failed') throw new RouteError(outcome.failure.code, outcome.failure.message);
      const { usage } = outcome;
      return {
        inputTokens: usage.inputTokens,
        outputTokens: usage.outputTokens,
        cacheReadTokens: usage.cacheReadTokens ?? 0,
        cacheWriteTokens: usage.cacheWriteTokens ?? 0,
        cachePct: cachePct(usage),
        expectedCacheRate: expectedCacheRate(usage),
      } satisfies JsonObject;
    },
  };
}

function refused(reason: Parameters<typeof refusalOf>[0]): RouteError {
  const { code, message } = refusalOf(reason);
  return new RouteError(code, message);
}
