import type { IncomingMessage, ServerResponse } from 'node:http';
import { ROUTES, type RouteName, type Scope } from '@dispatch/transport-contract';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import type { KnownCaller } from '../auth/authenticator.ts';
import { INTERNAL, refusalOfError, refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import { admit } from './admit.ts';
import { requestIdOf, sendRefusal } from './answer.ts';
import { chat } from './chat.ts';
import type { RequestListener } from './front.ts';
import { metrics } from './metrics.ts';
import { health, ready, version } from './own-routes.ts';
import { relay } from './relay.ts';
import { signIn, signOut, ticket } from './session-routes.ts';

type HttpContext = Context<{ Bindings: HttpBindings }>;

/** Where extensions have their routes; which there are the kernel knows. */
const EXTENSION_PATHS = '/x/*';
const EXTENSION_METHODS = ['GET', 'POST', 'PUT'] as const;
const NOTHING_HERE = refuse('not-found', 'There is nothing at this path.');

type PublicHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => void | Promise<void>;
type Handler = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  known: KnownCaller,
) => void | Promise<void>;

/** Routes that ask nobody who they are. What is not here is answered to known callers only. */
function publicHandlers(services: Services): { readonly [name in RouteName]?: PublicHandler } {
  return {
    health: (_incoming, outgoing) => health(outgoing),
    ready: (_incoming, outgoing) => ready(services, outgoing),
    version: (_incoming, outgoing) => version(services, outgoing),
    signIn: (incoming, outgoing) => signIn(services, incoming, outgoing),
  };
}

/** The other routes the gateway answers itself. Every further row of `ROUTES` is the kernel's. */
function ownHandlers(services: Services): { readonly [name in RouteName]?: Handler } {
  return {
    metrics: (_incoming, outgoing) => metrics(services, outgoing),
    chat: (incoming, outgoing, known) => chat(services, known, incoming, outgoing),
    signOut: (incoming, outgoing, known) => signOut(services, known, incoming, outgoing),
    ticket: (incoming, outgoing, known) => ticket(services, known, incoming, outgoing),
  };
}

/** The listener behind the front. Answers are written by the handlers themselves, so that one place gives them their shape. */
export function createApp(services: Services): RequestListener {
  const app = new Hono<{ Bindings: HttpBindings }>({ strict: true });
  const open = publicHandlers(services);
  const own = ownHandlers(services);
  const answerKnown = async (context: HttpContext, scope: Scope, answer: Handler): Promise<Response> => {
    const { incoming, outgoing } = context.env;
    const known = await admit(services, scope, incoming, outgoing);
    if (known !== undefined) await answer(incoming, outgoing, known);
    return RESPONSE_ALREADY_SENT;
  };
  for (const { name, method, path, scope } of Object.values(ROUTES)) {
    app.on(method, path, async (context) => {
      const { incoming, outgoing } = context.env;
      const toKernel: Handler = (from, to, known) =>
        relayTo(services, { name, method, known }, context, from, to);
      const answer = open[name];
      if (answer === undefined) return answerKnown(context, scope, own[name] ?? toKernel);
      await answer(incoming, outgoing);
      return RESPONSE_ALREADY_SENT;
    });
  }
  for (const path of new Set(Object.values(ROUTES).map((route) => route.path))) {
    const allowed = Object.values(ROUTES).filter((route) => route.path === path);
    const methods = allowed.map((route) => route.method);
    app.all(path, (context) => refuseMethod(context, methods));
  }
  for (const method of EXTENSION_METHODS) {
    app.on(method, EXTENSION_PATHS, (context) =>
      answerKnown(context, method === 'GET' ? 'chat:read' : 'chat:write', (from, to, known) =>
        relayTo(services, { name: undefined, method, known }, context, from, to),
      ),
    );
  }
  app.all(EXTENSION_PATHS, (context) => refuseMethod(context, EXTENSION_METHODS));
  app.notFound((context) => {
    sendRefusal(context.env.outgoing, NOTHING_HERE);
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

/** `name` is undefined for a route of an extension. */
interface RelayedRoute {
  readonly name: RouteName | undefined;
  readonly method: string;
  readonly known: KnownCaller;
}

function refuseMethod(context: HttpContext, methods: readonly string[]): Response {
  const { outgoing } = context.env;
  outgoing.setHeader('Allow', [...methods, 'OPTIONS'].join(', '));
  sendRefusal(outgoing, refuse('method-not-allowed', 'This path does not take this method.'));
  return RESPONSE_ALREADY_SENT;
}

/** The path is the one that was matched, not the one that came: the two differ where `..` is spelled out. */
async function relayTo(
  services: Services,
  { name, method, known }: RelayedRoute,
  context: Context,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { pathname, search } = new URL(context.req.url);
  // `%2e%2e` matches as a name and is read as a step up: nothing else may be reached by way of an extension's path.
  if (name === undefined && !pathname.startsWith('/x/')) return sendRefusal(outgoing, NOTHING_HERE);
  // Reading, setting a value and closing; the kernel keeps no key for other actions, so theirs proves nothing.
  const repeatable = method === 'GET' || method === 'PUT' || name === 'closeConversation';
  const request = { incoming, outgoing, method, path: pathname + search, repeatable };
  await relay(services, known.caller.principal, request);
}

function answerError(services: Services, error: Error, outgoing: ServerResponse): void {
  const refusal = refusalOfError(error);
  if (refusal === INTERNAL) {
    services.log.error({ err: error, requestId: requestIdOf(outgoing) }, 'a request failed');
  }
  sendRefusal(outgoing, refusal);
}
