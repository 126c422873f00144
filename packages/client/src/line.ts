import type { HelloMessage, WsClientMessage, WsServerMessage } from '@dispatch/transport-contract';
import type { SurfaceCatalog } from '@dispatch/ui-contract';
import type { ClientClock } from './clock.ts';
import type { SocketConstructor, SocketLike } from './platform.ts';

/** How long a socket may take until `hello` and `catalog` are there, in milliseconds. */
const OPEN_WITHIN_MS = 10_000;

/** Why a line ended. */
export interface LineEnd {
  /** WebSocket close code; 1006 when the line was lost without one. */
  readonly code: number;
  /** What the server's `bye` or close frame said; empty when they said nothing. */
  readonly reason: string;
  /** The pause the server asked for in its `bye`, in milliseconds; 0 without one. */
  readonly retryAfterMs: number;
  /** False when the server's `bye` said not to come back. */
  readonly resume: boolean;
}

export interface LineEvents {
  /** `hello` and `catalog` are there; from now on frames may be written. */
  opened(hello: HelloMessage, catalog: SurfaceCatalog): void;
  /** Every further frame with a string `type`, known or not. */
  frame(frame: WsServerMessage): void;
  /** A message that is no frame at all. */
  unreadable(data: unknown): void;
  /** Once, last. */
  ended(end: LineEnd): void;
}

/** One socket from its opening to its end. A silent one is ended like a lost one. */
export class Line {
  readonly #socket: SocketLike;
  readonly #clock: ClientClock;
  readonly #events: LineEvents;
  #hello: HelloMessage | undefined;
  #opened = false;
  #over = false;
  /** We said that one message may hold several frames. */
  #isBatched = false;
  #bye: Pick<LineEnd, 'reason' | 'resume' | 'retryAfterMs'> | undefined;
  #stopWatch: () => void;

  constructor(Socket: SocketConstructor, url: string, clock: ClientClock, events: LineEvents) {
    this.#clock = clock;
    this.#events = events;
    this.#socket = new Socket(url);
    this.#stopWatch = clock.after(OPEN_WITHIN_MS, () => this.abandon('no hello within 10 s'));
    this.#socket.onmessage = (event: { data: unknown }) => this.#receive(event.data);
    this.#socket.onclose = (event: { code?: number; reason?: string }) =>
      this.#end(event.code ?? 1006, event.reason ?? '');
    // A failed socket also closes; without a handler `ws` would throw the error at the process.
    this.#socket.onerror = () => undefined;
  }

  write(frame: WsClientMessage): void {
    if (this.#over) return;
    if (frame.type === 'client.hello') this.#isBatched ||= frame.capabilities?.includes('batch') ?? false;
    this.#socket.send(JSON.stringify(frame));
  }

  /** Leaves in good order. */
  close(): void {
    this.#end(1000, 'closed by the client');
    this.#socket.close(1000);
  }

  #receive(data: unknown): void {
    const isSeveral = this.#isBatched && typeof data === 'string';
    for (const one of isSeveral ? data.split('\n') : [data]) this.#take(one);
  }

  #take(data: unknown): void {
    if (this.#over) return;
    const frame = parseFrame(data);
    if (frame === undefined) {
      this.#events.unreadable(data);
      return;
    }
    if (this.#opened) this.#watch();
    if (frame.type === 'hello') this.#hello = frame;
    if (frame.type === 'bye') {
      this.#bye = { reason: frame.code, resume: frame.resume, retryAfterMs: frame.retryAfterMs ?? 0 };
    }
    if (frame.type === 'catalog' && this.#hello && !this.#opened) {
      this.#opened = true;
      this.#watch();
      this.#events.opened(this.#hello, frame.catalog);
    }
    this.#events.frame(frame);
  }

  /** After a heartbeat's silence asks for a sign of life; without one within the grace the line is dead. */
  #watch(): void {
    this.#stopWatch();
    const { heartbeatMs, graceMs } = this.#hello ?? { heartbeatMs: 25_000, graceMs: 10_000 };
    this.#stopWatch = this.#clock.after(heartbeatMs, () => {
      this.#stopWatch = this.#clock.after(graceMs, () => this.abandon('no sign of life'));
      this.write({ type: 'ping' });
    });
  }

  /** Ends it as a lost one. */
  abandon(reason: string): void {
    this.#end(1006, reason);
    this.#socket.close();
  }

  #end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopWatch();
    this.#events.ended({
      code,
      reason: this.#bye?.reason ?? reason,
      resume: this.#bye?.resume ?? true,
      retryAfterMs: this.#bye?.retryAfterMs ?? 0,
    });
  }
}

function parseFrame(data: unknown): WsServerMessage | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    const isFrame =
      typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
    return isFrame ? (value as WsServerMessage) : undefined;
  } catch {
    return undefined;
  }
}
