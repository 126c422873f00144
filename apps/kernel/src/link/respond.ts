import {
  decodePrincipal,
  isSameSecret,
  LINK_SECRET_HEADER,
  PRINCIPAL_HEADER,
  type Principal,
  REQUEST_ID_HEADER,
  type Secret,
} from '@dispatch/link';
import { conversationIdSchema } from '@dispatch/transport-contract/schema';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context as HonoContext } from 'hono';
import { ApiError, conversationDamaged, errorBody, statusOf, storeReadOnly } from '../api/api-error.ts';
import type { ApiParts, ApiRequest } from '../api/api-handler.ts';
import { answerExtensionRoute } from '../api/extension-route.ts';
import type { MountedRoute } from '../api/routes.ts';
import { validate } from '../api/validate.ts';
import { SignInRefused } from '../identity/sign-in-refused.ts';
import { unauthenticated } from '../policy/policy.ts';
import { extensionRoutePolicy } from '../policy/policy-table.ts';
import type { Ids } from '../ports.ts';
import { reportOnce } from '../report-once.ts';
import { DamagedRowError } from '../storage/rows.ts';
import { StoreReadOnlyError } from '../storage/store-damage.ts';
import { StoreBusyError } from '../storage/while-busy.ts';
import { readJsonBody } from './json-body.ts';

/** A request over a socket: what Node has of it is below. */
export type Context = HonoContext<{ Bindings: HttpBindings }>;

const REQUEST_ID = /^req_[0-9a-z]{26}$/;

export interface ResponderParts extends ApiParts {
  readonly ids: Ids;
  /** This boot's secret; a request without it is not answered. */
  readonly secret: Secret;
}

/** Answers requests, each in the one shape its outcome has. */
export interface Responder {
  answer(context: Context, route: MountedRoute): Promise<Response>;
  /** A path of a built-in route, with a method it does not take. */
  refuseMethod(context: Context, allowed: readonly string[]): Promise<Response>;
  /** A path that no built-in route has: an extension's, or nobody's. */
  answerOther(context: Context): Promise<Response>;
}

/** What is thrown becomes an error body; what was not meant for the caller becomes `internal`, and the log has the rest. */
export function createResponder(parts: ResponderParts): Responder {
  const { ids, log, secret, policy } = parts;

  async function guarded(
    context: Context,
    work: (requestId: string) => Promise<Response>,
  ): Promise<Response> {
    const given = context.req.header(REQUEST_ID_HEADER);
    const requestId = given !== undefined && REQUEST_ID.test(given) ? given : ids.mint('req');
    try {
      // A gateway that still has the secret of an earlier start: it reads the file again, and nothing was done.
      if (!isSameSecret(context.req.header(LINK_SECRET_HEADER), secret)) {
        throw new ApiError('kernel-unavailable', 'the link secret is not that of the running kernel');
      }
      return await work(requestId);
    } catch (error) {
      if (error instanceof ApiError) return errorResponse(context, error, requestId);
      if (error instanceof SignInRefused) return refuseSignIn(context, error, requestId);
      if (error instanceof StoreReadOnlyError) return errorResponse(context, storeReadOnly(), requestId);
      if (error instanceof StoreBusyError) {
        const busy = new ApiError('kernel-unavailable', 'another process holds the store; nothing was done');
        return errorResponse(context, busy, requestId);
      }
      const { method, path } = context.req;
      if (error instanceof DamagedRowError && context.req.param('id') !== undefined) {
        reportOnce(log, error.message, { err: error, requestId, method, path }, 'a conversation is damaged');
        return errorResponse(context, conversationDamaged(), requestId);
      }
      log.error({ err: error, requestId, method, path }, 'a request failed');
      return errorResponse(context, new ApiError('internal', 'something went wrong here'), requestId);
    }
  }

  return {
    answer: (context, route) =>
      guarded(context, async () => {
        const request = await apiRequest(context, policy.authorize(route.policy, principalOf(context)));
        return sendJson(context, route.status, await route.handler(request, parts));
      }),
    refuseMethod: (context, allowed) =>
      guarded(context, async () => {
        context.env.outgoing.setHeader('Allow', allowed.join(', '));
        throw new ApiError('method-not-allowed', `this path takes ${allowed.join(' and ')}`);
      }),
    answerOther: (context) =>
      guarded(context, async () => {
        const found = parts.extensionRoutes.find(context.req.method, new URL(context.req.url).pathname);
        if (found === undefined) throw new ApiError('not-found', 'there is nothing at this path');
        if (found === 'method-not-allowed') {
          throw new ApiError('method-not-allowed', 'this path does not take this method');
        }
        const row = extensionRoutePolicy(found.extensionId, found.route.scope);
        const request = await apiRequest(context, policy.authorize(row, principalOf(context)));
        return sendJson(context, 200, await answerExtensionRoute(found, request, parts));
      }),
  };
}

/** One answer for whatever was wrong; only who failed too often is told to wait. */
function refuseSignIn(context: Context, { retryAfterMs }: SignInRefused, requestId: string): Response {
  if (retryAfterMs === 0) return errorResponse(context, unauthenticated(), requestId);
  const seconds = Math.ceil(retryAfterMs / 1_000);
  context.env.outgoing.setHeader('Retry-After', String(seconds));
  const hint = `try again in ${seconds} s`;
  const limited = new ApiError('rate-limited', 'too many failed sign-ins', hint, retryAfterMs);
  return errorResponse(context, limited, requestId);
}

function errorResponse(context: Context, error: ApiError, requestId: string): Response {
  return sendJson(context, statusOf(error.code), errorBody(error, requestId));
}

/** Written here and not by way of a web stream, which may wait for a timer before it ends. */
function sendJson({ env: { outgoing } }: Context, status: number, value: unknown): Response {
  const body = Buffer.from(JSON.stringify(value), 'utf8');
  outgoing.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  outgoing.end(body);
  return RESPONSE_ALREADY_SENT;
}

function principalOf(context: Context): Principal | undefined {
  return decodePrincipal(context.req.header(PRINCIPAL_HEADER));
}

async function apiRequest(context: Context, principal: Principal): Promise<ApiRequest> {
  const { id, ...params } = context.req.param() as Readonly<Record<string, string>>;
  return {
    userId: principal.userId,
    principal,
    params,
    conversationId: id === undefined ? '' : await validate(conversationIdSchema, id, 'conversation id'),
    query: Object.fromEntries(new URL(context.req.url).searchParams),
    header: (name) => context.req.header(name),
    body: () => readJsonBody(context.env.incoming),
    signal: context.req.raw.signal,
  };
}
