import type { KernelMetricsAnswer } from '@dispatch/link';
import type { ApiHandler } from './api-handler.ts';

/** `GET /internal/metrics`: the kernel's part of what a gateway answers to `GET /metrics`. */
export const metrics: ApiHandler = async (_, parts): Promise<KernelMetricsAnswer> => ({
  text: await parts.metrics.text(),
});
