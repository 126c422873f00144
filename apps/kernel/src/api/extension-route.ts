import type { JsonValue, RouteError } from '@dispatch/extension-api';
import { ERRORS, type ErrorCode } from '@dispatch/transport-contract';
import type { FoundRoute } from '../extension/extension-routes.ts';
import { plainJson } from '../extension/plain-json.ts';
import { withinTime } from '../within-time.ts';
import { ApiError } from './api-error.ts';
import type { ApiParts, ApiRequest } from './api-handler.ts';

/** Shorter than a gateway waits for an answer. */
const ANSWER_MS = 60_000;
/** Largest answer of a route: 16 MiB of JSON. */
const ANSWER_CAP_BYTES = 16 * 1024 * 1024;

/** Answers a request with the route of an extension: the body of its 200. Throws `ApiError`. */
export async function answerExtensionRoute(
  found: FoundRoute,
  request: Pick<ApiRequest, 'userId' | 'query' | 'body' | 'signal'>,
  { clock, onExtensionFailure }: Pick<ApiParts, 'clock' | 'onExtensionFailure'>,
): Promise<unknown> {
  const { route, extensionId, params, checkQuery, checkBody } = found;
  const query = { ...request.query };
  check('query', checkQuery?.(query));
  const body = checkBody === undefined ? undefined : await request.body();
  if (checkBody !== undefined && body === undefined) {
    throw new ApiError('invalid-json', 'a JSON body is expected');
  }
  check('body', checkBody?.(body));
  const abort = new AbortController();
  const signal = AbortSignal.any([request.signal, abort.signal]);
  const asked = { userId: request.userId, params, query, signal };
  try {
    const answer = await withinTime(clock, ANSWER_MS, () =>
      route.handle(body === undefined ? asked : { ...asked, body: body as JsonValue }),
    );
    return plainJson(answer, ANSWER_CAP_BYTES);
  } catch (error) {
    abort.abort();
    if (isRouteError(error)) {
      const told = meant(error);
      if (told !== undefined) throw told;
    }
    onExtensionFailure(extensionId, `route ${route.method} ${route.path}`, error);
    if (isRouteError(error)) throw new ApiError('internal', 'something went wrong here');
    throw new ApiError('extension-failed', 'the extension behind this route failed or was too slow');
  }
}

function check(place: string, fault: string | undefined): void {
  if (fault !== undefined) throw new ApiError('invalid-request', `${place}: ${fault}`);
}

/** An extension may bring a copy of the class of its own. */
function isRouteError(error: unknown): error is RouteError {
  return error instanceof Error && error.name === 'RouteError' && 'code' in error;
}

/** Undefined: its code is none that an HTTP answer can have. */
function meant({ code, message, hint }: RouteError): ApiError | undefined {
  if (!Object.hasOwn(ERRORS, code) || ERRORS[code as ErrorCode].status === null) return undefined;
  return new ApiError(code as ErrorCode, String(message), typeof hint === 'string' ? hint : undefined);
}
