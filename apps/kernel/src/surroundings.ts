/** What the parts of the kernel take from around them: time, chance, the log, and where frames go. */
import type { WsServerMessage } from '@dispatch/transport-contract';

/** Time. The only source of it outside tests. */
export interface Clock {
  /** Epoch milliseconds; may jump. For people and for expiry, never for order or durations. */
  wall(): number;
  /** Milliseconds that never go back. For durations. */
  mono(): number;
  /** Resolves after `ms`, or rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after `ms`; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** Where the kernel reports what nobody else is told. Fields first, then one sentence; never message text or keys. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Kinds of ids we mint: turn, message, queued message, conversation, request, user, API token, browser session, approval, grant, effect. */
export type IdKind = 'trn' | 'msg' | 'qmg' | 'cnv' | 'req' | 'usr' | 'tok' | 'ses' | 'apr' | 'apg' | 'eff';

/** Ids: `<kind>_<26 Crockford base32>`, opaque, without order. */
export interface Ids {
  mint(kind: IdKind): string;
  /** `bytes` random bytes as lower-case hex. */
  random(bytes: number): string;
  /** A number in [0, 1) for jitter. */
  fraction(): number;
}

/** Where committed frames go. Called only after the commit that made them. */
export interface Publisher {
  publish(conversationId: string, frame: WsServerMessage): void;
}
