import type { IncomingMessage } from 'node:http';

/** A request on rpc.sock, as it came. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** `cut`: the connection breaks instead. */
export type FakeAnswer = { readonly status: number; readonly body: unknown } | 'cut';
