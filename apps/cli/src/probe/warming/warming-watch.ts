import type { ProbeSession } from '../probe-session.ts';
import type { ProbeFrame, ProbeSocket } from '../probe-socket.ts';
import { looksOf, SURFACE_ID, type WarmingLook } from './warming-look.ts';

/** What came of one action. */
export interface Invoked {
  readonly action: string;
  /** Absent: none was sent. */
  readonly payload?: unknown;
  /** The ack or the error; undefined when neither came. */
  readonly answer: ProbeFrame | undefined;
  /** The surface before it. */
  readonly before: WarmingLook | undefined;
  /** What the acting socket was shown of it. */
  readonly looks: readonly WarmingLook[];
}

/** Should the probe die, warming ends by itself behind so many calls. */
const MOST_WARMS = 30;
const NO_SURFACE = 'this gateway offers no surface cache-warming';

/** A socket that is subscribed to the warming of one conversation. */
export class WarmingWatch {
  readonly socket: ProbeSocket;
  readonly conversationId: string;
  readonly #session: ProbeSession;

  private constructor(session: ProbeSession, socket: ProbeSocket, conversationId: string) {
    this.#session = session;
    this.socket = socket;
    this.conversationId = conversationId;
  }

  /** Rejects where there is no such surface. */
  static async open(session: ProbeSession, conversationId: string): Promise<WarmingWatch> {
    const socket = await session.open();
    const watch = new WarmingWatch(session, socket, conversationId);
    const catalog = (await socket.frame(({ type }) => type === 'catalog'))?.['catalog'];
    if (!JSON.stringify(catalog ?? []).includes(`"${SURFACE_ID}"`)) throw new Error(NO_SURFACE);
    socket.send({ type: 'subscribe', id: socket.nextId(), surfaceId: SURFACE_ID, conversationId });
    await watch.until(({ kind }) => kind === 'surface');
    return watch;
  }

  get looks(): readonly WarmingLook[] {
    return looksOf(this.socket);
  }

  get last(): WarmingLook | undefined {
    return this.looks.at(-1);
  }

  /** What came from this frame on. */
  since(at: number): readonly WarmingLook[] {
    return this.looks.filter((look) => look.at >= at);
  }

  /** The first look from this frame on that fits; undefined when none has come in time, whatever else comes. */
  async until(fits: (look: WarmingLook) => boolean, from = 0): Promise<WarmingLook | undefined> {
    const found = (): WarmingLook | undefined => this.since(from).find(fits);
    const deadline = this.#session.now() + this.#session.patienceMs;
    await this.socket.frame(() => found() !== undefined || this.#session.now() > deadline, from);
    return found();
  }

  /** Does something on the surface, and waits for all that comes of it. A payload of undefined is none. */
  async invoke(action: 'toggle' | 'set-interval' | 'set-budget-warms', payload?: unknown): Promise<Invoked> {
    const { socket, conversationId } = this;
    const [id, from, before] = [socket.nextId(), socket.frames.length, this.last];
    const actionId = `${SURFACE_ID}/${action}`;
    const said = payload === undefined ? {} : { payload };
    socket.send({ type: 'invoke', id, surfaceId: SURFACE_ID, actionId, conversationId, ...said });
    const answer = await socket.answer(id);
    await socket.settle();
    return { action, ...said, answer, before, looks: this.since(from) };
  }

  /** Opts in with a short interval. What is undone by {@link restore}. */
  async switchOn(seconds: number): Promise<Invoked> {
    await this.invoke('set-budget-warms', MOST_WARMS);
    await this.invoke('set-interval', seconds);
    return this.invoke('toggle', true);
  }

  /** Leaves it as it was found. */
  async restore(): Promise<void> {
    if (!this.socket.isOpen) return;
    await this.invoke('toggle', false);
    await this.invoke('set-interval', 240);
    await this.invoke('set-budget-warms', 0);
  }
}
