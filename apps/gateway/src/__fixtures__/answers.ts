import type { IncomingMessage } from 'node:http';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type FakeAnswer = { readonly status: number; readonly body: unknown } | 'cut';

/** The body of a refusal. */
export function problem(code: string): object {
  return { error: `refused: ${code}`, code, retryable: false, requestId: 'req_kernel' };
}
