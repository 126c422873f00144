import { CAPABILITIES, type WsServerMessage } from '@dispatch/transport-contract';
import { BODY_CAP_BYTES } from '../http/body.ts';
import type { Services } from '../services.ts';
import { UNSENT_CAP_BYTES } from '../unsent-guard.ts';
import type { Greeting } from '../user/user-seat.ts';
import { contractVersions, GATEWAY_VERSION } from '../version.ts';
import { GRACE_MS, HEARTBEAT_MS } from './heartbeat.ts';

/** Bytes one message of a client may have. */
export const FRAME_CAP_BYTES = 256 * 1024;

/** The first frame of every socket. */
export function helloFrame({ kernel, clock, principal }: Services, place: Greeting): WsServerMessage {
  return {
    type: 'hello',
    gateway: GATEWAY_VERSION,
    bootId: kernel.welcome?.bootId ?? '',
    contracts: contractVersions(),
    capabilities: CAPABILITIES,
    user: principal.userId,
    epoch: kernel.welcome?.epoch ?? '',
    ...place,
    heartbeatMs: HEARTBEAT_MS,
    graceMs: GRACE_MS,
    serverTime: clock.wall(),
    limits: { frameBytes: FRAME_CAP_BYTES, bodyBytes: BODY_CAP_BYTES, unsentBytes: UNSENT_CAP_BYTES },
  };
}

/** The second frame, and the first that clients of 0.9.0 know. */
export function catalogFrame({ kernel }: Services): WsServerMessage {
  return { type: 'catalog', catalog: kernel.catalog };
}
