import type { RouteName } from '@dispatch/transport-contract';
import { routeSchemas } from '@dispatch/transport-contract/schema';
import { isWithinLimits } from '../fuzz-frames/expected-answer.ts';

const BODY_CAP_BYTES = 1024 * 1024;

/** Whether the contract accepts this body for this route, written apart from gateway and kernel. Routes without one take any. */
export function isAccepted(route: RouteName, body: Buffer): boolean {
  const { request } = routeSchemas[route];
  if (body.length > BODY_CAP_BYTES) return false;
  if (request === undefined) return true;
  if (body.length === 0) return request.safeParse(undefined).success;
  const text = body.toString('utf8');
  // What is no UTF-8 does not come back as it was.
  if (!Buffer.from(text, 'utf8').equals(body)) return false;
  try {
    const value: unknown = JSON.parse(text);
    return isWithinLimits(value) && request.safeParse(value).success;
  } catch {
    return false;
  }
}
