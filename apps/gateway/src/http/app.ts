import type { IncomingMessage, ServerResponse } from 'node:http';
import { ROUTES } from '@dispatch/transport-contract';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { INTERNAL, refusalOfError, refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import { requestIdOf, sendRefusal } from './answer.ts';
import { chat } from './chat.ts';
import type { RequestListener } from './front.ts';
import { health, ready, version } from './own-routes.ts';
import { relay } from './relay.ts';

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => void | Promise<void>;

/** Routes the gateway answers itself. Every other row of `ROUTES` is the kernel's. */
function ownHandlers(services: Services): { readonly [name in keyof typeof ROUTES]?: Handler } {
  return {
    health: (_incoming, outgoing) => health(outgoing),
    ready: (_incoming, outgoing) => ready(services, outgoing),
    version: (_incoming, outgoing) => version(services, outgoing),
    chat: (incoming, outgoing) => chat(services, services.principal, incoming, outgoing),
  };
}

/** The listener behind the front. Answers are written by the handlers themselves, so that one place gives them their shape. */
export function createApp(services: Services): RequestListener {
  const app = new Hono<{ Bindings: HttpBindings }>({ strict: true });
  const own = ownHandlers(services);
  for (const { name, method, path } of Object.values(ROUTES)) {
    app.on(method, path, async (context) => {
      const { incoming, outgoing } = context.env;
      const answer = own[name] ?? ((from, to) => relayTo(services, { name, method }, context, from, to));
      await answer(incoming, outgoing);
      return RESPONSE_ALREADY_SENT;
    });
  }
  for (const path of new Set(Object.values(ROUTES).map((route) => route.path))) {
    const allowed = Object.values(ROUTES).filter((route) => route.path === path);
    app.all(path, (context) => {
      const { outgoing } = context.env;
      outgoing.setHeader('Allow', [...allowed.map((route) => route.method), 'OPTIONS'].join(', '));
      sendRefusal(outgoing, refuse('method-not-allowed', 'This path does not take this method.'));
      return RESPONSE_ALREADY_SENT;
    });
  }
  app.notFound((context) => {
    sendRefusal(context.env.outgoing, refuse('not-found', 'There is nothing at this path.'));
    return RESPONSE_ALREADY_SENT;
  });
  app.onError((error, context) => {
    answerError(services, error, context.env.outgoing);
    return RESPONSE_ALREADY_SENT;
  });
  return (incoming, outgoing) => {
    services.inFlight.add(outgoing);
    const listener = getRequestListener(app.fetch, {
      // Draining a refused body is our own work; see sendBody.
      autoCleanupIncoming: false,
      overrideGlobalObjects: false,
      errorHandler: () => {
        sendRefusal(outgoing, refuse('invalid-request', 'The request target cannot be read.'));
        return RESPONSE_ALREADY_SENT;
      },
    });
    void listener(incoming, outgoing);
  };
}

type RelayedRoute = Pick<(typeof ROUTES)[keyof typeof ROUTES], 'name' | 'method'>;

/** The path is the one that was matched, not the one that came: the two differ where `..` is spelled out. */
async function relayTo(
  services: Services,
  { name, method }: RelayedRoute,
  context: Context,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { pathname, search } = new URL(context.req.url);
  // Reading, setting a value and closing; the kernel keeps no key for other actions, so theirs proves nothing.
  const repeatable = method === 'GET' || method === 'PUT' || name === 'closeConversation';
  const request = { incoming, outgoing, method, path: pathname + search, repeatable };
  await relay(services.kernel.rpc, services.principal, request);
}

function answerError(services: Services, error: Error, outgoing: ServerResponse): void {
  const refusal = refusalOfError(error);
  if (refusal === INTERNAL) {
    services.log.error({ err: error, requestId: requestIdOf(outgoing) }, 'a request failed');
  }
  sendRefusal(outgoing, refusal);
}
