import { type ErrorCode, ROUTES, type RouteName } from '@dispatch/transport-contract';
import { extensionRoutePolicy } from '../policy/policy-table.ts';
import { ApiError } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { answerExtensionRoute } from './extension-route.ts';

/** A route of the contract that an extension answers. While none does, the answer is `code`. */
export function claimedRoute(name: RouteName, code: ErrorCode, message: string): ApiHandler {
  const { method, path } = ROUTES[name];
  return async (request, parts) => {
    const found = parts.extensionRoutes.find(method, path);
    if (found === undefined || found === 'method-not-allowed') throw new ApiError(code, message);
    parts.policy.authorize(extensionRoutePolicy(found.extensionId, found.route.scope), request.principal);
    return (await answerExtensionRoute(found, request, parts)) as object;
  };
}
