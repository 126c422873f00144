/** Time and chance, injectable so that a test can hold them. */
export interface ClientClock {
  /** Milliseconds that never go back. */
  mono(): number;
  /** Calls back once after `ms`; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}

/** Every platform has these; the package depends on the types of none. */
interface ClockGlobals {
  readonly performance: { now(): number };
  readonly crypto: { getRandomValues(array: Uint8Array): Uint8Array };
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

const globals = globalThis as unknown as ClockGlobals;

export const platformClock: ClientClock = {
  mono: () => globals.performance.now(),
  after(ms, callback) {
    const handle = globals.setTimeout(callback, ms);
    return () => globals.clearTimeout(handle);
  },
  fraction: () => (globals.crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) / 256,
};

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** `<kind>_<26 Crockford base32>`: opaque, without order, from the platform's secure random numbers. */
export function mintId(kind: string): string {
  const bytes = globals.crypto.getRandomValues(new Uint8Array(26));
  let id = `${kind}_`;
  for (const byte of bytes) id += CROCKFORD[byte & 31];
  return id;
}
