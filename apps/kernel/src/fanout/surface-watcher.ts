import type { LinkWatchFrame, Topic } from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import type { SurfaceFailure } from '../surface/surface-failure.ts';
import type { Outlet } from './outlet.ts';

/** One connection's watch of one surface. */
export class SurfaceWatcher {
  readonly outlet: Outlet;
  readonly userId: string;
  readonly #conn: string;
  readonly #asked: Topic;
  #isOver = false;

  constructor({ conn, topic, userId }: LinkWatchFrame, outlet: Outlet) {
    this.#conn = conn;
    this.#asked = topic;
    this.userId = userId;
    this.outlet = outlet;
  }

  /** True: nothing is sent for it any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  cancel(): void {
    this.#isOver = true;
  }

  /** Its first frame: the state, or why there is none yet. From here on it gets the live frames of `topic`. */
  begin(frame: WsServerMessage, mark: number, topic: Topic): void {
    this.outlet.send({ conn: this.#conn, topic: this.#asked, frame, mark });
    const live = topic === this.#asked ? {} : { live: topic };
    this.outlet.send({ type: 'watched', conn: this.#conn, topic: this.#asked, ...live });
  }

  /** There is nothing to watch for it, now or any more. */
  end(surfaceId: string, failure: SurfaceFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.outlet.send({ conn: this.#conn, topic: this.#asked, frame: errorFrame(surfaceId, failure) });
    this.outlet.send({ type: 'unwatched', conn: this.#conn, topic: this.#asked });
  }
}

/** What a watcher is told in the place of a surface. */
export function errorFrame(surfaceId: string, { code, message }: SurfaceFailure): WsServerMessage {
  return { type: 'error', surfaceId, message, code, retryable: false };
}
