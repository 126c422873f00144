import type { ServerResponse } from 'node:http';
import { INTERNAL_ROUTES } from '@dispatch/link';
import type { HealthResponse, VersionResponse } from '@dispatch/transport-contract';
import { refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import { contractVersions, GATEWAY_VERSION } from '../version.ts';
import { errorResponse, requestIdOf, sendJson } from './answer.ts';

/** The process lives. Says nothing of the kernel. */
export function health(outgoing: ServerResponse): void {
  const body: HealthResponse = { ok: true };
  sendJson(outgoing, 200, body);
}

/** A request that needs the kernel would be served now. */
export async function ready({ kernel, principal }: Services, outgoing: ServerResponse): Promise<void> {
  const isReady = kernel.state === 'up' && (await kernelIsReady());
  if (isReady) return sendJson(outgoing, 200, { ok: true });
  outgoing.setHeader('Retry-After', '1');
  const refusal = refuse('kernel-unavailable', 'The kernel is not ready.');
  sendJson(outgoing, 503, { ok: false, ...errorResponse(refusal, requestIdOf(outgoing)) });

  async function kernelIsReady(): Promise<boolean> {
    const { method, path } = INTERNAL_ROUTES.ready;
    const asked = { method, path, principal, repeatable: true };
    const answer = await kernel.rpc.request(asked).catch(() => undefined);
    return answer?.status === 200;
  }
}

export function version({ kernel }: Services, outgoing: ServerResponse): void {
  const body: VersionResponse = {
    gateway: GATEWAY_VERSION,
    contracts: contractVersions(),
    bootId: kernel.welcome?.bootId ?? null,
    epoch: kernel.welcome?.epoch ?? null,
  };
  sendJson(outgoing, 200, body);
}
