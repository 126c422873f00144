import type { ChatRequest, HelloMessage, WsServerMessage } from '@dispatch/transport-contract';
import type { SurfaceCatalog } from '@dispatch/ui-contract';
import type { AgentEvent } from '@dispatch/wire';
import { mintId } from './clock.ts';
import { DispatchError, errorOfFrame } from './dispatch-error.ts';
import { Listeners } from './listeners.ts';
import { Outbox, type SentTurn } from './outbox.ts';
import { reportUncaught } from './platform.ts';
import {
  type ChatCursor,
  type ChatEventPosition,
  type ChatReset,
  SubscriptionBook,
} from './subscription-book.ts';
import { type ConnectionChange, type ConnectionState, Uplink, type UplinkSetup } from './uplink.ts';

export interface ConnectOptions {
  /** Everything the server sent that this version does not know; each also counts in `unknownFrames`. */
  readonly onUnknown?: (frame: unknown) => void;
  /** Refusals that belong to no send, and what callbacks throw. Absent: what callbacks throw shows as uncaught. */
  readonly onError?: (error: unknown) => void;
}

export interface SubscribeOptions {
  /** The turn `after` counts in; absent: the newest. */
  readonly turnId?: string;
  /** Index of the last event already seen; -1: none of that turn. Absent: a running turn from its start, then live. */
  readonly after?: number;
  /** What was given so far may be incomplete: read the history again. */
  readonly onReset?: (reset: ChatReset) => void;
}

export interface ChatSubscription {
  /** Where it stands: what to pass to `subscribe` later to go on; undefined before the first numbered event. */
  readonly cursor: ChatCursor | undefined;
  unsubscribe(): void;
}

/** One socket that comes back by itself: no event lost or repeated, no message sent twice. */
export class Connection {
  readonly #options: ConnectOptions;
  readonly #uplink: Uplink;
  readonly #outbox = new Outbox();
  readonly #book = new SubscriptionBook();
  readonly #frames: Listeners<WsServerMessage>;
  #frameNumber = 0;
  #hello: HelloMessage | undefined;
  #catalog: SurfaceCatalog = [];
  #unknownFrames = 0;

  constructor(setup: UplinkSetup, options: ConnectOptions) {
    this.#options = options;
    this.#frames = new Listeners((error) => this.#report(error));
    this.#uplink = new Uplink(setup, {
      opened: (hello) => this.#opened(hello),
      lost: () => this.#outbox.lineLost(),
      closed: (error) => this.#outbox.refuseAll(error),
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
    return this.#catalog;
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
    this.#frameNumber += 1;
    const idempotencyKey = request.idempotencyKey ?? mintId('key');
    const sent = this.#outbox.add({
      ...request,
      type: 'chat.send',
      idempotencyKey,
      id: `f${this.#frameNumber}`,
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

  /** Leaves for good: nothing is queued or retried any more, unanswered sends are rejected. Turns go on. */
  close(): void {
    const message = 'The connection was closed by its owner.';
    this.#uplink.close(new DispatchError({ code: 'connection-closed', message }));
  }

  #opened(hello: HelloMessage): void {
    this.#hello = hello;
    for (const conversationId of this.#book.conversationIds()) {
      this.#uplink.write(this.#book.subscribeFrame(conversationId));
    }
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
        this.#catalog = frame.catalog;
        return;
      case 'chat.delta':
        if (this.#book.deliver(frame.event, frame.n)) this.#resubscribe(frame.event.conversationId);
        return;
      case 'chat.reset': {
        const { conversationId, turnId, reason } = frame;
        this.#book.reset({ conversationId, reason, ...(turnId === undefined ? {} : { turnId }) });
        return;
      }
      case 'ack': {
        const turn = this.#outbox.acknowledge(frame);
        if (turn && this.#book.expect(turn.conversationId, turn.turnId, turn.resent)) {
          this.#resubscribe(turn.conversationId);
        }
        return;
      }
      case 'error':
      case 'chat.error': {
        const error = errorOfFrame(frame);
        if (frame.id === undefined || !this.#outbox.refuse(frame.id, error)) {
          this.#isolated(() => this.#options.onError?.(error));
        }
        return;
      }
      case 'hello':
      case 'surface':
      case 'update':
      case 'status':
      case 'ping':
      case 'pong':
      case 'bye':
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

function cursorOf({ turnId, after }: SubscribeOptions): ChatCursor | undefined {
  if (turnId === undefined) return after === undefined ? undefined : { after };
  return { turnId, after: after ?? -1 };
}
