import type { ChatRequest, HelloMessage, WsServerMessage } from '@dispatch/transport-contract';
import type { SurfaceCatalog } from '@dispatch/ui-contract';
import type { AgentEvent } from '@dispatch/wire';
import { mintId } from './clock.ts';
import {
  type ChatSubscription,
  type ConnectOptions,
  cursorOf,
  type SubscribeOptions,
} from './connect-options.ts';
import { DispatchError, errorOfFrame } from './dispatch-error.ts';
import { Listeners } from './listeners.ts';
import { Outbox, type SentTurn } from './outbox.ts';
import { reportUncaught } from './platform.ts';
import { type ChatCursor, type ChatEventPosition, SubscriptionBook } from './subscription-book.ts';
import { type SurfaceCallbacks, type SurfaceHandle, type SurfaceOptions, Surfaces } from './surfaces.ts';
import { type ConnectionChange, type ConnectionState, Uplink, type UplinkSetup } from './uplink.ts';
import { UserReader, type UserStream } from './user-stream.ts';

/** Why a line is made anew that seemed to work. */
const GAP = "events of the user's stream are missing";

/** One socket that comes back by itself: no event lost or repeated, no message sent twice. */
export class Connection {
  readonly #options: ConnectOptions;
  readonly #uplink: Uplink;
  readonly #outbox = new Outbox();
  readonly #book = new SubscriptionBook();
  readonly #surfaces: Surfaces;
  readonly #user: UserReader;
  readonly #frames: Listeners<WsServerMessage>;
  readonly #catalogs: Listeners<SurfaceCatalog>;
  #frameNumber = 0;
  #hello: HelloMessage | undefined;
  #catalog: SurfaceCatalog | undefined;
  #unknownFrames = 0;

  constructor(setup: UplinkSetup, options: ConnectOptions) {
    this.#options = options;
    this.#frames = new Listeners((error) => this.#report(error));
    this.#catalogs = new Listeners((error) => this.#report(error));
    this.#surfaces = new Surfaces({
      write: (frame) => this.#uplink.write(frame),
      change: () => this.#uplink.change,
      mintId: () => this.#mintFrameId(),
      isolated: (callback) => this.#isolated(callback),
    });
    this.#user = new UserReader(options.resume, (error) => this.#report(error));
    this.#user.on((event) => this.#book.learn(event));
    const at = { ...setup, query: () => this.#user.query };
    this.#uplink = new Uplink(at, {
      opened: (hello, catalog) => this.#opened(hello, catalog),
      lost: () => {
        this.#outbox.lineLost();
        this.#surfaces.lost();
      },
      closed: (error) => {
        this.#outbox.refuseAll(error);
        this.#surfaces.closed(error);
      },
      frame: (frame) => this.#receive(frame),
      unreadable: (data) => this.#unknown(data),
      callbackFailed: (error) => this.#report(error),
    });
    this.#uplink.open();
  }

  get state(): ConnectionState {
    return this.#uplink.change.state;
  }

  /** The newest `hello`; undefined before the first. */
  get hello(): HelloMessage | undefined {
    return this.#hello;
  }

  /** The newest surface catalog; empty before the first. */
  get catalog(): SurfaceCatalog {
    return this.#catalog ?? [];
  }

  /** How many frames of unknown type or form arrived. */
  get unknownFrames(): number {
    return this.#unknownFrames;
  }

  /** Tells every change of state; the returned function stops it. */
  onState(callback: (change: ConnectionChange) => void): () => void {
    return this.#uplink.onChange(callback);
  }

  /** Every frame as it arrived, before it is acted on; the returned function stops it. */
  onFrame(callback: (frame: WsServerMessage) => void): () => void {
    return this.#frames.add(callback);
  }

  /** Tells each catalog, at once the newest if there is one; the returned function stops it. */
  onCatalog(callback: (catalog: SurfaceCatalog) => void): () => void {
    const stop = this.#catalogs.add(callback);
    const newest = this.#catalog;
    if (newest) this.#isolated(() => callback(newest));
    return stop;
  }

  /** What the user learns beside the turns that are watched. */
  get user(): UserStream {
    return this.#user;
  }

  /** Resolves with `hello` once the line is open, rejects once the connection is closed for good. */
  opened(): Promise<HelloMessage> {
    return new Promise((resolve, reject) => {
      const settle = ({ state, error }: ConnectionChange): boolean => {
        if (state === 'open' && this.#hello) resolve(this.#hello);
        else if (state === 'closed') reject(error);
        else return false;
        return true;
      };
      if (settle(this.#uplink.change)) return;
      const stop = this.onState((change) => settle(change) && stop());
    });
  }

  /** Resolves once the message is durable. Written now or as soon as the line is back, once in effect. */
  send(request: ChatRequest): Promise<SentTurn> {
    if (this.state === 'closed') return Promise.reject(this.#uplink.change.error);
    const idempotencyKey = request.idempotencyKey ?? mintId('key');
    const sent = this.#outbox.add({
      ...request,
      type: 'chat.send',
      idempotencyKey,
      id: this.#mintFrameId(),
    });
    this.#flush();
    return sent;
  }

  /**
   * Watches a conversation, over any number of reconnects, until unsubscribed.
   *
   * @throws DispatchError `already-subscribed` when this connection already watches it
   */
  subscribe(
    conversationId: string,
    options: SubscribeOptions,
    onEvent: (event: AgentEvent, position: ChatEventPosition) => void,
  ): ChatSubscription {
    this.#book.add(conversationId, cursorOf(options), {
      onEvent: (event, position) => this.#isolated(() => onEvent(event, position)),
      onReset: (reset) => this.#isolated(() => options.onReset?.(reset)),
      onReplaced: (replaced) => this.#isolated(() => options.onReplaced?.(replaced)),
    });
    if (this.state === 'open') this.#uplink.write(this.#book.subscribeFrame(conversationId));
    const book = this.#book;
    let left: { readonly cursor: ChatCursor | undefined } | undefined;
    return {
      get cursor() {
        return left ? left.cursor : book.cursor(conversationId);
      },
      unsubscribe: () => {
        if (left) return;
        left = { cursor: book.cursor(conversationId) };
        book.remove(conversationId);
        this.#uplink.write({ type: 'chat.unsubscribe', conversationId });
      },
    };
  }

  /** Looks at a surface, over any number of reconnects, until the handle is closed. Several may look at the same one. */
  surface(surfaceId: string, options: SurfaceOptions, callbacks: SurfaceCallbacks): SurfaceHandle {
    return this.#surfaces.open(surfaceId, options, callbacks);
  }

  /** Leaves for good: nothing is queued or retried any more, unanswered sends are rejected. Turns go on. */
  close(): void {
    const message = 'The connection was closed by its owner.';
    this.#uplink.close(new DispatchError({ code: 'connection-closed', message }));
  }

  #opened(hello: HelloMessage, catalog: SurfaceCatalog): void {
    this.#hello = hello;
    // The line opens with any frame of this type; one without its list counts as unknown, right behind this.
    this.#catalog = Array.isArray(catalog) ? catalog : [];
    if (hello.capabilities?.includes('batch')) {
      this.#uplink.write({ type: 'client.hello', capabilities: ['batch'] });
    }
    this.#user.opened(hello);
    for (const conversationId of this.#book.conversationIds()) {
      this.#uplink.write(this.#book.subscribeFrame(conversationId));
    }
    this.#surfaces.opened(this.#catalog);
    this.#flush();
  }

  #receive(frame: WsServerMessage): void {
    this.#frames.emit(frame);
    try {
      this.#act(frame);
    } catch {
      // A known type without its fields: to us as good as an unknown one.
      this.#unknown(frame);
    }
  }

  #act(frame: WsServerMessage): void {
    switch (frame.type) {
      case 'catalog':
        if (!Array.isArray(frame.catalog)) throw new TypeError('a catalog is a list');
        this.#catalog = frame.catalog;
        this.#surfaces.catalog(frame.catalog);
        this.#catalogs.emit(frame.catalog);
        return;
      case 'surface':
      case 'update':
        this.#surfaces.receive(frame);
        return;
      case 'chat.delta':
        if (this.#book.deliver(frame.event, frame.n)) this.#resubscribe(frame.event.conversationId);
        return;
      case 'chat.reset': {
        const { conversationId, turnId, reason } = frame;
        this.#book.reset({ conversationId, reason, ...(turnId === undefined ? {} : { turnId }) });
        return;
      }
      case 'turn-replaced':
        this.#book.learn(frame);
        return;
      case 'ack': {
        if (this.#surfaces.acknowledge(frame)) return;
        const turn = this.#outbox.acknowledge(frame);
        if (turn && this.#book.expect(turn.conversationId, turn.turnId, turn.resent)) {
          this.#resubscribe(turn.conversationId);
        }
        return;
      }
      case 'error':
      case 'chat.error': {
        const error = errorOfFrame(frame);
        if (frame.type === 'error' && this.#surfaces.refuse(frame, error)) return;
        if (frame.id === undefined || !this.#outbox.refuse(frame.id, error)) {
          this.#isolated(() => this.#options.onError?.(error));
        }
        return;
      }
      case 'user.event':
      case 'user.skip':
        if (this.#user.receive(frame)) this.#uplink.renew(GAP);
        return;
      case 'ping':
        if (this.#user.isBehind(frame.head)) this.#uplink.renew(GAP);
        return;
      case 'hello':
      case 'status':
      case 'pong':
      case 'bye':
      case 'presence.snapshot':
      case 'presence.update':
        return;
      default:
        this.#unknown(frame satisfies never);
    }
  }

  /** A second subscribe alone would be a no-op for the server. */
  #resubscribe(conversationId: string): void {
    this.#uplink.write({ type: 'chat.unsubscribe', conversationId });
    this.#uplink.write(this.#book.subscribeFrame(conversationId));
  }

  #mintFrameId(): string {
    this.#frameNumber += 1;
    return `f${this.#frameNumber}`;
  }

  #flush(): void {
    if (this.state === 'open') this.#outbox.flush((frame) => this.#uplink.write(frame));
  }

  #unknown(frame: unknown): void {
    this.#unknownFrames += 1;
    this.#isolated(() => this.#options.onUnknown?.(frame));
  }

  #isolated(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    try {
      if (this.#options.onError) this.#options.onError(error);
      else reportUncaught(error);
    } catch (second) {
      reportUncaught(second);
    }
  }
}
