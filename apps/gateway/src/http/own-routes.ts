import type { ServerResponse } from 'node:http';
import { INTERNAL_ROUTES, REQUEST_ID_HEADER as LINK_REQUEST_ID, PRODUCT_VERSION } from '@dispatch/link';
import type { HealthResponse, VersionResponse } from '@dispatch/transport-contract';
import { GATEWAY_PRINCIPAL } from '../auth/caller.ts';
import type { Kernel } from '../link/kernel.ts';
import { INTERNAL, isRetryable, type Refusal, refusalOfAnswer, refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import { contractVersions } from '../version.ts';
import { errorResponse, requestIdOf, sendJson } from './answer.ts';

/** The process lives. Says nothing of the kernel. */
export function health(outgoing: ServerResponse): void {
  const body: HealthResponse = { ok: true };
  sendJson(outgoing, 200, body);
}

/** A request that needs the kernel would be served now; if not, the code is the reason. */
export async function ready({ kernel }: Services, outgoing: ServerResponse): Promise<void> {
  const refusal = await whyNot(kernel, requestIdOf(outgoing));
  if (refusal === undefined) return sendJson(outgoing, 200, { ok: true });
  if (isRetryable(refusal)) outgoing.setHeader('Retry-After', '1');
  sendJson(outgoing, 503, { ok: false, ...errorResponse(refusal, requestIdOf(outgoing)) });
}

/** Undefined: it would be served. */
async function whyNot(kernel: Kernel, requestId: string): Promise<Refusal | undefined> {
  const unavailable = refuse('kernel-unavailable', 'The kernel is not ready.');
  if (kernel.state !== 'up') return unavailable;
  const { method, path } = INTERNAL_ROUTES.ready;
  const headers = { [LINK_REQUEST_ID]: requestId };
  const asked = { method, path, headers, principal: GATEWAY_PRINCIPAL, repeatable: true };
  const answer = await kernel.rpc.request(asked).catch(() => undefined);
  if (answer === undefined) return unavailable;
  if (answer.status === 200) return undefined;
  const refusal = refusalOfAnswer(answer);
  return refusal === INTERNAL ? unavailable : refusal;
}

export function version({ kernel }: Services, outgoing: ServerResponse): void {
  const body: VersionResponse = {
    gateway: PRODUCT_VERSION,
    contracts: contractVersions(),
    bootId: kernel.welcome?.bootId ?? null,
    epoch: kernel.welcome?.epoch ?? null,
  };
  sendJson(outgoing, 200, body);
}
