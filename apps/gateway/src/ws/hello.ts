import { PRODUCT_VERSION, type Principal } from '@dispatch/link';
import {
  CAPABILITIES,
  type GatewayLimits,
  SERVER_FRAMES,
  type WsServerMessage,
} from '@dispatch/transport-contract';
import { hasScope } from '../auth/caller.ts';
import { BODY_CAP_BYTES } from '../http/body.ts';
import type { Limits } from '../limits/limits.ts';
import type { Services } from '../services.ts';
import { UNSENT_CAP_BYTES } from '../unsent-guard.ts';
import type { Greeting } from '../user/user-seat.ts';
import { contractVersions } from '../version.ts';
import { GRACE_MS, HEARTBEAT_MS } from './heartbeat.ts';

/** Bytes one message of a client may have. */
export const FRAME_CAP_BYTES = 256 * 1024;

/** The first frame of every socket. */
export function helloFrame(
  principal: Principal,
  place: Greeting,
  { kernel, clock, limits }: Services,
): WsServerMessage {
  return {
    type: 'hello',
    gateway: PRODUCT_VERSION,
    bootId: kernel.welcome?.bootId ?? '',
    contracts: contractVersions(),
    capabilities: CAPABILITIES,
    user: principal.userId,
    epoch: kernel.welcome?.epoch ?? '',
    ...place,
    heartbeatMs: HEARTBEAT_MS,
    graceMs: GRACE_MS,
    serverTime: clock.wall(),
    limits: toldLimits(limits),
  };
}

/** What there is no limit of is not told. */
function toldLimits(limits: Limits): GatewayLimits {
  const { messagesPerMinute, messageBurst, connectionsPerUser, requestsPerMinute } = limits;
  return {
    frameBytes: FRAME_CAP_BYTES,
    bodyBytes: BODY_CAP_BYTES,
    unsentBytes: UNSENT_CAP_BYTES,
    ...(Number.isFinite(messagesPerMinute) && { messagesPerMinute, messageBurst }),
    ...(Number.isFinite(connectionsPerUser) && { connectionsPerUser }),
    ...(Number.isFinite(requestsPerMinute) && { requestsPerMinute }),
  };
}

/** The second frame, and the first that clients of 0.9.0 know: sent to everybody, empty for who may see none of it. */
export function catalogFrame(principal: Principal, { kernel }: Services): WsServerMessage {
  const maySee = hasScope(principal, SERVER_FRAMES.catalog.scope);
  return { type: 'catalog', catalog: maySee ? kernel.catalog : [] };
}
