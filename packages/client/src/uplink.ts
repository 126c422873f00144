import {
  CLOSE_CODES,
  type HelloMessage,
  isResumable,
  type WsClientMessage,
  type WsServerMessage,
} from '@dispatch/transport-contract';
import type { SurfaceCatalog } from '@dispatch/ui-contract';
import { reconnectDelay } from './backoff.ts';
import type { ClientClock } from './clock.ts';
import { DispatchError } from './dispatch-error.ts';
import { Line, type LineEnd } from './line.ts';
import { Listeners } from './listeners.ts';
import { Pace } from './pace.ts';
import type { SocketConstructor } from './platform.ts';

/**
 * `connecting`: a socket opens. `open`: `hello` and `catalog` are there. `waiting`: between two tries.
 * `closed`: for good, by `close()` or by a final close code.
 */
export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'closed';

/** A state and what led to it. */
export interface ConnectionChange {
  readonly state: ConnectionState;
  /** Why the line ended; absent in `connecting` and `open`. */
  readonly error?: DispatchError;
  /** Pause until the next try, in milliseconds; only with `waiting`. */
  readonly retryInMs?: number;
}

export interface UplinkEvents {
  /** A line is open; before anybody is told of the state. */
  opened(hello: HelloMessage, catalog: SurfaceCatalog): void;
  /** The line is gone; another one may follow. */
  lost(): void;
  /** No line will follow. */
  closed(error: DispatchError): void;
  frame(frame: WsServerMessage): void;
  /** A message that is no frame at all. */
  unreadable(data: unknown): void;
  /** What a state listener threw. */
  callbackFailed(error: unknown): void;
}

export interface UplinkSetup {
  readonly url: string;
  /** What is appended to it, asked for each line. Absent: nothing. */
  readonly query?: () => string;
  readonly Socket: SocketConstructor;
  readonly clock: ClientClock;
}

/** Back-off starts over after a line has stood this long, in milliseconds. */
const STABLE_AFTER_MS = 10_000;

/** One line after another, until closed. */
export class Uplink {
  readonly #setup: UplinkSetup;
  readonly #events: UplinkEvents;
  readonly #listeners: Listeners<ConnectionChange>;
  readonly #pace: Pace;
  #line: Line | undefined;
  #change: ConnectionChange = { state: 'connecting' };
  #cancelRetry: () => void = () => undefined;
  #cancelStable: () => void = () => undefined;
  #failures = 0;

  constructor(setup: UplinkSetup, events: UplinkEvents) {
    this.#setup = setup;
    this.#events = events;
    this.#pace = new Pace(setup.clock, (frame) => this.#line?.write(frame));
    this.#listeners = new Listeners((error) => events.callbackFailed(error));
  }

  get change(): ConnectionChange {
    return this.#change;
  }

  onChange(callback: (change: ConnectionChange) => void): () => void {
    return this.#listeners.add(callback);
  }

  /** Writes on the open line, as fast as its gateway takes it; without one the frame is not written. */
  write(frame: WsClientMessage): void {
    if (this.#change.state === 'open') this.#pace.write(frame);
  }

  open(): void {
    this.#set({ state: 'connecting' });
    const { url: address, query } = this.#setup;
    const asked = query?.() ?? '';
    const url = asked === '' ? address : `${address}${address.includes('?') ? '&' : '?'}${asked}`;
    try {
      this.#line = new Line(this.#setup.Socket, url, this.#setup.clock, {
        opened: (hello, catalog) => this.#opened(hello, catalog),
        frame: (frame) => this.#events.frame(frame),
        unreadable: (data) => this.#events.unreadable(data),
        ended: (end) => this.#ended(end),
      });
    } catch (cause) {
      const message = `No socket can be opened at ${this.#setup.url}.`;
      this.#finish(new DispatchError({ code: 'unreachable', message, cause }));
    }
  }

  /** Gives up the open line as if it had broken; the next one follows. */
  renew(reason: string): void {
    this.#line?.abandon(reason);
  }

  close(error: DispatchError): void {
    if (this.#change.state === 'closed') return;
    const line = this.#line;
    this.#finish(error);
    line?.close();
  }

  #opened(hello: HelloMessage, catalog: SurfaceCatalog): void {
    this.#cancelStable = this.#setup.clock.after(STABLE_AFTER_MS, () => {
      this.#failures = 0;
    });
    this.#change = { state: 'open' };
    this.#pace.begin(hello);
    this.#events.opened(hello, catalog);
    this.#set({ state: 'open' });
  }

  #ended(end: LineEnd): void {
    if (this.#change.state === 'closed') return;
    this.#line = undefined;
    this.#pace.end();
    this.#cancelStable();
    this.#events.lost();
    const why = end.reason === '' ? `${end.code}` : `${end.code}, ${end.reason}`;
    if (!isResumable(end.code) || !end.resume) {
      const meaning = Object.values(CLOSE_CODES).find(({ code }) => code === end.code)?.meaning ?? '';
      const message = `The gateway closed the connection for good (${why}). ${meaning}`.trimEnd();
      this.#finish(new DispatchError({ code: 'connection-closed', message }));
      return;
    }
    const retryInMs = reconnectDelay(this.#failures, this.#setup.clock.fraction(), end.retryAfterMs);
    this.#failures += 1;
    this.#cancelRetry = this.#setup.clock.after(retryInMs, () => this.open());
    const message = `The connection to the gateway is lost (${why}).`;
    const error = new DispatchError({ code: 'connection-lost', message, retryable: true });
    this.#set({ state: 'waiting', error, retryInMs });
  }

  #finish(error: DispatchError): void {
    this.#cancelRetry();
    this.#cancelStable();
    this.#line = undefined;
    this.#pace.end();
    this.#set({ state: 'closed', error });
    this.#events.closed(error);
  }

  #set(change: ConnectionChange): void {
    this.#change = change;
    this.#listeners.emit(change);
  }
}
