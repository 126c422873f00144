import { surfaceTopic, type Topic } from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import type { SurfaceSpec } from '@dispatch/ui-contract';
import { fingerprint } from '../ids.ts';
import { mayTouch } from '../policy/conversation-policy.ts';
import type { ConversationRow, Log } from '../ports.ts';
import { reportOnce } from '../report-once.ts';
import { notTheirs, SurfaceFailure, surfaceFailed } from '../surface/surface-failure.ts';
import type { SurfaceRegistry } from '../surface/surface-registry.ts';
import { contextOf, type SurfaceView } from '../surface/surface-view.ts';
import type { Outlet } from './outlet.ts';
import { encodeShared } from './shared-frame.ts';
import { errorFrame, type SurfaceWatcher } from './surface-watcher.ts';

export interface SurfaceTopicParts {
  readonly read: { conversation(id: string): Promise<ConversationRow | undefined> };
  readonly surfaces: Pick<SurfaceRegistry, 'spec' | 'nextMark'>;
  readonly log: Log;
  /** Nobody watches any more. */
  onEmpty(topic: SurfaceTopic): void;
}

/** The state behind a change, or why it cannot be told. */
type State = { readonly spec: SurfaceSpec } | { readonly failure: SurfaceFailure };

/**
 * Who watches one view of one surface. Its state is computed one at a time and sent in that order, so nobody gets an older one behind a newer. A
 * watcher belongs to it from the moment it asks; its first frame is computed behind that, so no change falls between.
 */
export class SurfaceTopic {
  readonly view: SurfaceView;
  readonly topic: Topic;
  readonly #parts: SurfaceTopicParts;
  readonly #live = new Map<Outlet, Set<SurfaceWatcher>>();
  readonly #joining = new Set<SurfaceWatcher>();
  /** Those whose link has to catch up before they can join. */
  readonly #stalled = new Set<SurfaceWatcher>();
  /** Actions whose update is not sent yet. */
  readonly #owed: ((mark: number | undefined) => void)[] = [];
  #isChanged = false;
  #isFailing = false;
  /** Fingerprint of the state that everybody who watches has. Undefined: not all have the same. */
  #sent: string | undefined;
  #isRunning = false;

  constructor(view: SurfaceView, parts: SurfaceTopicParts) {
    this.view = view;
    this.topic = surfaceTopic(view);
    this.#parts = parts;
  }

  join(watcher: SurfaceWatcher): void {
    this.#joining.add(watcher);
    this.#start();
  }

  leave(watcher: SurfaceWatcher): void {
    this.#joining.delete(watcher);
    this.#stalled.delete(watcher);
    const beside = this.#live.get(watcher.outlet);
    beside?.delete(watcher);
    if (beside?.size === 0) this.#live.delete(watcher.outlet);
    if (this.#isEmpty) this.#parts.onEmpty(this);
  }

  /** It shows something else now; all such calls of one moment are one update. */
  change(): void {
    this.#isChanged = true;
    this.#start();
  }

  /** An action is owed one update of its own. Resolves when that was sent; undefined when nobody is left to get it. */
  act(): Promise<number | undefined> {
    return new Promise((resolve) => {
      this.#owed.push(resolve);
      this.#start();
    });
  }

  /** The surface is gone. */
  end(failure: SurfaceFailure): void {
    for (const watcher of this.#watchers()) this.#end(watcher, failure);
  }

  get #isEmpty(): boolean {
    return this.#joining.size === 0 && this.#stalled.size === 0 && this.#live.size === 0;
  }

  #watchers(): SurfaceWatcher[] {
    const live = [...this.#live.values()].flatMap((beside) => [...beside]);
    return [...this.#joining, ...this.#stalled, ...live];
  }

  #end(watcher: SurfaceWatcher, failure: SurfaceFailure): void {
    watcher.end(this.view.surfaceId, failure);
    this.leave(watcher);
  }

  #start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    await thisMoment();
    while (this.#joining.size > 0 || this.#owed.length > 0 || this.#isChanged) {
      await this.#step();
      await thisMoment();
    }
    this.#isRunning = false;
  }

  async #step(): Promise<void> {
    const joining = [...this.#joining];
    const owed = this.#owed.shift();
    const isUpdate = owed !== undefined || this.#isChanged;
    this.#isChanged = false;
    const mark = this.#parts.surfaces.nextMark();
    const state = this.#isEmpty ? undefined : await this.#state();
    if (state === undefined || this.#isEmpty) {
      owed?.(undefined);
      return;
    }
    if (isUpdate) this.#update(state, mark, owed !== undefined);
    this.#isFailing = 'failure' in state;
    if (joining.length > 0) {
      const print = fingerprint(JSON.stringify(state));
      if (this.#live.size === 0) this.#sent = print;
      else if (this.#sent !== print) this.#sent = undefined;
    }
    for (const watcher of joining) this.#begin(watcher, state, mark);
    owed?.(mark);
  }

  /** Undefined: nobody of those who watch may see it. */
  async #state(): Promise<State | undefined> {
    const { surfaceId, conversationId } = this.view;
    const { read, surfaces, log } = this.#parts;
    try {
      const row = conversationId === undefined ? undefined : await read.conversation(conversationId);
      for (const watcher of this.#watchers()) {
        if (!mayTouch(watcher.userId, row)) this.#end(watcher, notTheirs());
      }
      if (this.#isEmpty) return undefined;
      return { spec: await surfaces.spec(surfaceId, contextOf(this.view, row)) };
    } catch (error) {
      if (error instanceof SurfaceFailure) return { failure: error };
      const fields = { err: error, surfaceId, conversationId };
      reportOnce(log, `${surfaceId} ${conversationId} ${error}`, fields, 'a surface could not be shown');
      return { failure: surfaceFailed('say how it stands') };
    }
  }

  /** A failure that goes on is told once, and to each action; what shows nothing new is told to actions alone. */
  #update(state: State, mark: number, isOwed: boolean): void {
    if (this.#live.size === 0 || ('failure' in state && this.#isFailing && !isOwed)) return;
    const print = fingerprint(JSON.stringify(state));
    const isNews = print !== this.#sent;
    this.#sent = print;
    if (!isNews && !isOwed) return;
    const { topic } = this;
    const encoded = encodeShared({ topic, frame: this.#frame(state, 'update'), mark }, this.#parts.log);
    for (const outlet of this.#live.keys()) outlet.sendEncoded(encoded);
  }

  /** The first frame of a watcher. Where the link is full it waits, and gets what is true then. */
  #begin(watcher: SurfaceWatcher, state: State, mark: number): void {
    if (!this.#joining.delete(watcher)) return;
    if (watcher.outlet.isFull) {
      this.#stalled.add(watcher);
      void watcher.outlet.drained().then(() => this.#stalled.delete(watcher) && this.join(watcher));
      return;
    }
    const beside = this.#live.get(watcher.outlet) ?? new Set();
    this.#live.set(watcher.outlet, beside.add(watcher));
    watcher.begin(this.#frame(state, 'surface'), mark, this.topic);
  }

  #frame(state: State, type: 'surface' | 'update'): WsServerMessage {
    const { surfaceId, conversationId } = this.view;
    const echo = conversationId === undefined ? {} : { conversationId };
    if ('failure' in state) return errorFrame(surfaceId, state.failure);
    if (type === 'surface') return { type, spec: state.spec, ...echo };
    return { type, update: { surfaceId, spec: state.spec, ...echo } };
  }
}

/** Resolves when what runs now, and its promises, are over. */
function thisMoment(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
