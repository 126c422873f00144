/**
 * What the client needs from where it runs, as far as it needs it: browsers, Node and workers all have these
 * shapes, so the package depends on the types of none of them. The only file that touches globals.
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

/** Time and chance, injectable so that a test can hold them. */
export interface ClientClock {
  /** Milliseconds that never go back. */
  mono(): number;
  /** Calls back once after `ms`; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}

interface AbortHandle {
  readonly signal: PlatformAbortSignal;
  abort(reason?: unknown): void;
}

/** What any platform's abort signal can do, whatever {@link PlatformAbortSignal} stands for here. */
interface AnyAbortSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

interface PlatformGlobals {
  readonly fetch?: FetchFunction;
  readonly WebSocket?: SocketConstructor;
  readonly performance: { now(): number };
  readonly crypto: { getRandomValues(array: Uint8Array): Uint8Array };
  readonly TextDecoder: new () => { decode(bytes?: Uint8Array, options?: { stream?: boolean }): string };
  readonly AbortController: new () => AbortHandle;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
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

export const platformClock: ClientClock = {
  mono: () => platform.performance.now(),
  after(ms, callback) {
    const handle = platform.setTimeout(callback, ms);
    return () => platform.clearTimeout(handle);
  },
  fraction: () => (platform.crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) / 256,
};

export function createTextDecoder(): {
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
} {
  return new platform.TextDecoder();
}

/** Throws it where the platform shows uncaught errors, without breaking off what the caller is doing. */
export function reportUncaught(error: unknown): void {
  if (platform.reportError) platform.reportError(error);
  else
    platform.setTimeout(() => {
      throw error;
    }, 0);
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** `<kind>_<26 Crockford base32>`: opaque, without order, from the platform's secure random numbers. */
export function mintId(kind: string): string {
  const bytes = platform.crypto.getRandomValues(new Uint8Array(26));
  let id = `${kind}_`;
  for (const byte of bytes) id += CROCKFORD[byte & 31];
  return id;
}

/** A signal that aborts with the caller's own or after `ms`, whichever is first. */
export interface Deadline {
  readonly signal: PlatformAbortSignal;
  /** Which of the two it was; undefined while neither. */
  readonly cause: 'caller' | 'time' | undefined;
  /** As if the time were up. */
  expire(): void;
  /** Lets go of the timer and the caller's signal. */
  release(): void;
}

export function startDeadline(
  clock: ClientClock,
  ms: number | undefined,
  caller: PlatformAbortSignal | undefined,
): Deadline {
  const handle = new platform.AbortController();
  const outer = caller as AnyAbortSignal | undefined;
  let cause: 'caller' | 'time' | undefined;
  const abort = (by: 'caller' | 'time'): void => {
    cause ??= by;
    handle.abort();
  };
  const onAbort = (): void => abort('caller');
  const cancel = ms === undefined ? () => undefined : clock.after(ms, () => abort('time'));
  outer?.addEventListener('abort', onAbort);
  if (outer?.aborted) onAbort();
  return {
    signal: handle.signal,
    get cause() {
      return cause;
    },
    expire: () => abort('time'),
    release() {
      cancel();
      outer?.removeEventListener('abort', onAbort);
    },
  };
}
