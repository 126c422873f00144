import type { AckMessage, ErrorMessage, FrameId } from '@dispatch/transport-contract';
import type {
  SurfaceCatalog,
  SurfaceClientMessage,
  SurfaceMessage,
  SurfaceSpec,
  SurfaceUpdateMessage,
} from '@dispatch/ui-contract';
import { DispatchError } from './dispatch-error.ts';
import { Invocations } from './invocations.ts';
import { named, SurfaceBook, type SurfaceFocus, type SurfaceSubscriber } from './surface-book.ts';
import type { ConnectionChange } from './uplink.ts';

export interface SurfaceOptions {
  /** The conversation to show and act on. Absent: none is in focus. Global surfaces are the same with and without. */
  readonly conversationId?: string;
}

export interface SurfaceCallbacks {
  /** Each state as it comes: the first, every change, and the fresh one after a reconnect. */
  readonly onSpec?: (spec: SurfaceSpec) => void;
  /**
   * Why there is no state, or none that is new. `unknown-surface`: there is no such surface (any more); it is asked for again when a
   * catalog has it.
   */
  readonly onError?: (error: DispatchError) => void;
}

/** A surface that is looked at, over any number of reconnects, until it is closed. */
export interface SurfaceHandle {
  /** The newest state; undefined before the first, and while there is no such surface. */
  readonly spec: SurfaceSpec | undefined;
  /**
   * Runs an action. Resolves when it was carried out; the state that follows from it has come by then.
   *
   * @throws DispatchError what the gateway refused it with; `connection-lost` at once while the line is down, and when it breaks before the
   *   answer; `connection-closed` when the connection or this handle was closed
   */
  invoke(actionId: string, payload?: unknown): Promise<void>;
  /** Ends it; nothing is called back any more. Actions under way are still answered. */
  close(): void;
}

export interface SurfacesParts {
  readonly write: (frame: SurfaceClientMessage & FrameId) => void;
  /** State of the line, and why it is as it is. */
  readonly change: () => ConnectionChange;
  /** A new id for a frame. */
  readonly mintId: () => string;
  /** Runs a callback of the owner, which may throw. */
  readonly isolated: (callback: () => void) => void;
}

/** What a connection does about surfaces: subscriptions that outlive lines, actions that do not. */
export class Surfaces {
  readonly #parts: SurfacesParts;
  readonly #invocations = new Invocations();
  readonly #book: SurfaceBook;

  constructor(parts: SurfacesParts) {
    this.#parts = parts;
    this.#book = new SurfaceBook(parts.write, parts.mintId);
  }

  open(
    surfaceId: string,
    { conversationId }: SurfaceOptions,
    { onSpec, onError }: SurfaceCallbacks,
  ): SurfaceHandle {
    const { isolated } = this.#parts;
    const book = this.#book;
    const subscriber: SurfaceSubscriber = {
      wanted: { surfaceId, conversationId },
      onSpec: (spec) => returned && isolated(() => onSpec?.(spec)),
      onError: (error) => returned && isolated(() => onError?.(error)),
    };
    let returned = false;
    let isClosed = false;
    book.add(subscriber);
    // Whoever is called back has the handle by then.
    void Promise.resolve().then(() => {
      returned = true;
      if (!isClosed) book.tell(subscriber);
    });
    return {
      get spec() {
        return book.spec(subscriber);
      },
      invoke: (actionId, payload) =>
        isClosed ? Promise.reject(handleClosed()) : this.#invoke(subscriber.wanted, actionId, payload),
      close: () => {
        isClosed = true;
        book.remove(subscriber);
      },
    };
  }

  opened(catalog: SurfaceCatalog): void {
    this.#book.opened(catalog);
  }

  catalog(catalog: SurfaceCatalog): void {
    this.#book.catalog(catalog);
  }

  lost(): void {
    this.#book.lost();
    const message =
      'The line broke before the answer. Whether the action was carried out shows in the surface.';
    this.#invocations.refuseAll(new DispatchError({ code: 'connection-lost', message }));
  }

  closed(error: DispatchError): void {
    this.#book.lost();
    this.#invocations.refuseAll(error);
  }

  receive(frame: SurfaceMessage | SurfaceUpdateMessage): void {
    this.#book.receive(frame);
  }

  /** Whether it answers an action. */
  acknowledge({ id }: AckMessage): boolean {
    return this.#invocations.acknowledge(id);
  }

  /** Whether it is about an action or a surface of ours. */
  refuse({ id, surfaceId }: Pick<ErrorMessage, 'id' | 'surfaceId'>, error: DispatchError): boolean {
    if (id !== undefined && this.#invocations.refuse(id, error)) return true;
    return this.#book.refuse(id, surfaceId, error);
  }

  #invoke(wanted: SurfaceFocus, actionId: string, payload: unknown): Promise<void> {
    const { state, error } = this.#parts.change();
    if (state === 'closed') return Promise.reject(error);
    if (state !== 'open') return Promise.reject(lineDown());
    const id = this.#parts.mintId();
    const done = this.#invocations.add(id);
    const more = payload === undefined ? {} : { payload };
    this.#parts.write({ type: 'invoke', ...named(this.#book.focusOf(wanted)), actionId, ...more, id });
    return done;
  }
}

function lineDown(): DispatchError {
  return new DispatchError({
    code: 'connection-lost',
    message: 'There is no line to the gateway now; the action was not sent.',
    hint: 'Act again when the connection is open.',
    retryable: true,
  });
}

function handleClosed(): DispatchError {
  const message = 'The surface was closed by its owner; the action was not sent.';
  return new DispatchError({ code: 'connection-closed', message });
}
