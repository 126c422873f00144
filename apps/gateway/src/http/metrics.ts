import type { ServerResponse } from 'node:http';
import { INTERNAL_ROUTES, type KernelMetricsAnswer, REQUEST_ID_HEADER } from '@dispatch/link';
import { GATEWAY_PRINCIPAL } from '../auth/caller.ts';
import type { Services } from '../services.ts';
import { requestIdOf, sendBody } from './answer.ts';

const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** The figures of both processes; without the kernel's while it cannot be asked, which `dispatch_gateway_link_up` says. */
export async function metrics(services: Services, outgoing: ServerResponse): Promise<void> {
  const own = await services.metrics.text();
  const kernel = await kernelText(services, requestIdOf(outgoing));
  sendBody(outgoing, 200, PROMETHEUS_TEXT, Buffer.from(own + kernel, 'utf8'));
}

async function kernelText({ kernel }: Services, requestId: string): Promise<string> {
  // A scrape that waits for a kernel that is away would be no scrape at all.
  if (kernel.state !== 'up') return '';
  const { method, path } = INTERNAL_ROUTES.metrics;
  const headers = { [REQUEST_ID_HEADER]: requestId };
  const answer = await kernel.rpc
    .request({ method, path, headers, principal: GATEWAY_PRINCIPAL, repeatable: true })
    .catch(() => undefined);
  if (answer?.status !== 200) return '';
  const { text } = JSON.parse(answer.body.toString('utf8')) as Partial<KernelMetricsAnswer>;
  return text ?? '';
}
