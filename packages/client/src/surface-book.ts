import type { FrameId } from '@dispatch/transport-contract';
import type {
  SubscribeMessage,
  SurfaceCatalog,
  SurfaceMessage,
  SurfaceSpec,
  SurfaceUpdateMessage,
  UnsubscribeMessage,
} from '@dispatch/ui-contract';
import { DispatchError } from './dispatch-error.ts';

/** What is looked at. */
export interface SurfaceFocus {
  readonly surfaceId: string;
  /** Undefined: a surface that is the same everywhere, or no conversation in focus. */
  readonly conversationId: string | undefined;
}

export interface SurfaceSubscriber {
  /** As the owner named it; for a global surface the conversation is not looked at. */
  readonly wanted: SurfaceFocus;
  onSpec(spec: SurfaceSpec): void;
  onError(error: DispatchError): void;
}

/** Writes on the open line. */
export type WriteSubscription = (frame: (SubscribeMessage | UnsubscribeMessage) & FrameId) => void;

/** One subscription on the wire, of however many subscribers. */
interface View {
  readonly focus: SurfaceFocus;
  readonly subscribers: Set<SurfaceSubscriber>;
  /** The newest state; undefined before the first, and while the surface is gone. */
  spec: SurfaceSpec | undefined;
  /** `absent`: the subscribers were told that there is no such surface. */
  phase: 'unasked' | 'asked' | 'answered' | 'absent';
  /** Id of the newest `subscribe`; undefined before the first. */
  askedBy: string | undefined;
}

/** The surfaces of one connection: who looks at what, what was asked for on this line, and what came. */
export class SurfaceBook {
  readonly #views = new Map<string, View>();
  readonly #write: WriteSubscription;
  readonly #mintId: () => string;
  #catalog: SurfaceCatalog = [];
  #isOpen = false;

  constructor(write: WriteSubscription, mintId: () => string) {
    this.#write = write;
    this.#mintId = mintId;
  }

  add(subscriber: SurfaceSubscriber): void {
    const view = this.#join(subscriber);
    if (view.phase === 'unasked') this.#ask(view);
  }

  /** Calls back with what is known already, if anything is. */
  tell(subscriber: SurfaceSubscriber): void {
    const view = this.#viewOf(subscriber);
    if (view?.spec) subscriber.onSpec(view.spec);
    else if (view?.phase === 'absent') subscriber.onError(noSuchSurface(view.focus));
  }

  remove(subscriber: SurfaceSubscriber): void {
    const view = this.#viewOf(subscriber);
    if (view) this.#leave(view, subscriber);
  }

  spec(subscriber: SurfaceSubscriber): SurfaceSpec | undefined {
    return this.#viewOf(subscriber)?.spec;
  }

  /** What a frame about it names: for a global surface no conversation. */
  focusOf({ surfaceId, conversationId }: SurfaceFocus): SurfaceFocus {
    const isGlobal = this.#catalog.some(({ id, scope }) => id === surfaceId && scope === 'global');
    return { surfaceId, conversationId: isGlobal ? undefined : conversationId };
  }

  /** A line is open, and nothing was asked for on it yet. */
  opened(catalog: SurfaceCatalog): void {
    this.#isOpen = true;
    this.catalog(catalog);
  }

  lost(): void {
    this.#isOpen = false;
    for (const view of this.#views.values()) {
      view.askedBy = undefined;
      if (view.phase !== 'absent') view.phase = 'unasked';
    }
  }

  /** Which surfaces there are now. Asks for those that came or came back, and tells of those that went. */
  catalog(catalog: SurfaceCatalog): void {
    this.#catalog = catalog;
    for (const view of [...this.#views.values()]) {
      for (const subscriber of [...view.subscribers]) {
        // Its scope changed, or became known only now.
        if (keyOf(this.focusOf(subscriber.wanted)) === keyOf(view.focus)) continue;
        this.#leave(view, subscriber);
        this.#join(subscriber);
        this.tell(subscriber);
      }
    }
    for (const view of [...this.#views.values()]) {
      if (!this.#isListed(view)) this.#tellAbsent(view, noSuchSurface(view.focus));
      else if (view.phase === 'unasked' || view.phase === 'absent') this.#ask(view);
    }
  }

  receive(frame: SurfaceMessage | SurfaceUpdateMessage): void {
    const isAnswer = frame.type === 'surface';
    const { spec, conversationId } = isAnswer ? frame : frame.update;
    const surfaceId = isAnswer ? frame.spec.id : frame.update.surfaceId;
    if (spec.id !== surfaceId) return;
    const view = this.#views.get(keyOf({ surfaceId, conversationId }));
    // An update before the answer is of a subscription that was ended.
    if (!view || !(view.phase === 'answered' || (view.phase === 'asked' && isAnswer))) return;
    view.phase = 'answered';
    view.spec = spec;
    each(view, (subscriber) => subscriber.onSpec(spec));
  }

  /** Whether what was refused is a surface somebody looks at here. */
  refuse(id: string | undefined, surfaceId: string | undefined, error: DispatchError): boolean {
    const meant = [...this.#views.values()].filter((view) =>
      id === undefined ? view.focus.surfaceId === surfaceId : view.askedBy === id,
    );
    for (const view of meant) {
      if (error.code === 'unknown-surface') {
        this.#tellAbsent(view, error);
        continue;
      }
      // It stays subscribed: the next change may bring a state that can be shown.
      if (view.phase === 'asked') view.phase = 'answered';
      each(view, (subscriber) => subscriber.onError(error));
    }
    return meant.length > 0;
  }

  #isListed({ focus }: View): boolean {
    return this.#catalog.some(({ id }) => id === focus.surfaceId);
  }

  #viewOf(subscriber: SurfaceSubscriber): View | undefined {
    for (const view of this.#views.values()) if (view.subscribers.has(subscriber)) return view;
    return undefined;
  }

  #join(subscriber: SurfaceSubscriber): View {
    const focus = this.focusOf(subscriber.wanted);
    const view = this.#views.get(keyOf(focus)) ?? {
      focus,
      subscribers: new Set(),
      spec: undefined,
      phase: 'unasked',
      askedBy: undefined,
    };
    view.subscribers.add(subscriber);
    this.#views.set(keyOf(focus), view);
    return view;
  }

  #leave(view: View, subscriber: SurfaceSubscriber): void {
    view.subscribers.delete(subscriber);
    if (view.subscribers.size > 0) return;
    this.#views.delete(keyOf(view.focus));
    if (view.phase === 'asked' || view.phase === 'answered') {
      this.#write({ type: 'unsubscribe', ...named(view.focus) });
    }
  }

  #ask(view: View): void {
    if (!this.#isOpen) return;
    if (!this.#isListed(view)) {
      this.#tellAbsent(view, noSuchSurface(view.focus));
      return;
    }
    view.phase = 'asked';
    view.askedBy = this.#mintId();
    this.#write({ type: 'subscribe', ...named(view.focus), id: view.askedBy });
  }

  #tellAbsent(view: View, error: DispatchError): void {
    view.spec = undefined;
    if (view.phase === 'absent') return;
    view.phase = 'absent';
    each(view, (subscriber) => subscriber.onError(error));
  }
}

/** Of those that look at it now, whoever still does when it is their turn. */
function each({ subscribers }: View, tell: (subscriber: SurfaceSubscriber) => void): void {
  for (const one of [...subscribers]) if (subscribers.has(one)) tell(one);
}

const keyOf = ({ surfaceId, conversationId }: { surfaceId: string; conversationId?: string | undefined }) =>
  JSON.stringify([surfaceId, conversationId]);

/** The focus as frames name it: without a conversation rather than with an undefined one. */
export function named({ surfaceId, conversationId }: SurfaceFocus): {
  readonly surfaceId: string;
  readonly conversationId?: string;
} {
  return { surfaceId, ...(conversationId === undefined ? {} : { conversationId }) };
}

function noSuchSurface({ surfaceId }: SurfaceFocus): DispatchError {
  return new DispatchError({
    code: 'unknown-surface',
    message: `The gateway has no surface "${surfaceId}".`,
    hint: 'It is asked for again when a catalog has it.',
  });
}
