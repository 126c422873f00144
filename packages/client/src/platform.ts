/**
 * What the client needs from where it runs, as far as it needs it: browsers, Node and workers all have these
 * shapes, so the package depends on the types of none of them. Time and chance: clock.ts.
 */

/** The `AbortSignal` of the platform this is compiled for. */
export type PlatformAbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : { readonly aborted: boolean };

/** A body that arrives in pieces. */
export interface ByteStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<void>;
  };
}

/** The part of a fetch `Response` the client reads. */
export interface FetchResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: { get(name: string): string | null };
  readonly body: ByteStream | null;
  text(): Promise<string>;
}

/** The part of a fetch `RequestInit` the client sets. */
export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  signal?: PlatformAbortSignal;
}

/** The global `fetch`, or anything shaped like it. */
export type FetchFunction = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** The part of a `WebSocket` the client uses; the browser's and the one of `ws` both have it. */
export interface SocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

/** The global `WebSocket`, or anything shaped like it (on Node 20 the class of the package `ws`). */
export type SocketConstructor = new (url: string) => SocketLike;

interface PlatformGlobals {
  readonly fetch?: FetchFunction;
  readonly WebSocket?: SocketConstructor;
  readonly TextDecoder: new () => { decode(bytes?: Uint8Array, options?: { stream?: boolean }): string };
  queueMicrotask(callback: () => void): void;
  reportError?(error: unknown): void;
}

const platform = globalThis as unknown as PlatformGlobals;

/** The platform's own `fetch`, looked up when it is called so that a later polyfill counts. */
export const platformFetch: FetchFunction = (url, init) => {
  if (!platform.fetch) throw new Error('This platform has no fetch: pass one to createClient({ fetch }).');
  return platform.fetch(url, init);
};

/** The platform's own `WebSocket`; undefined on Node 20. */
export function platformWebSocket(): SocketConstructor | undefined {
  return platform.WebSocket;
}

export function createTextDecoder(): {
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
} {
  return new platform.TextDecoder();
}

/** Throws it where the platform shows uncaught errors, without breaking off what the caller is doing. */
export function reportUncaught(error: unknown): void {
  if (platform.reportError) platform.reportError(error);
  else
    platform.queueMicrotask(() => {
      throw error;
    });
}
