import { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';

/** A frame as it came; only that it is an object with a `type` is known. */
export interface ProbeFrame {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** An event of a turn as it came. */
export interface ProbeEvent {
  readonly type: string;
  readonly turnId?: unknown;
  readonly [field: string]: unknown;
}

/** A `chat.delta` frame, taken apart. */
export interface ProbeDelta {
  /** Place of the frame among all of its socket. */
  readonly at: number;
  /** The frame's `n`; undefined where it has none. */
  readonly n: unknown;
  readonly event: ProbeEvent;
  readonly frame: ProbeFrame;
}

export interface ProbeSocketSetup {
  readonly clock: Clock;
  /** Silence after which nothing more is expected, in milliseconds. */
  readonly patienceMs: number;
  /** Say who asks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly manners: GatewayManners;
}

/** What a gateway was seen to do; what it does not do is waited for once. Shared by all sockets of a probe. */
export interface GatewayManners {
  /** It says that it answers frames with an `id`. */
  acks: boolean;
  /** It answers a ping. */
  pongs: boolean;
}

/** How long to watch for something that must not come, where no answer marks the end. */
const SILENCE_MS = 700;

/** A socket that keeps everything that came, asks for what is missing in no way, and never waits without end. */
export class ProbeSocket {
  readonly frames: ProbeFrame[] = [];
  /** When each of the frames came, in epoch milliseconds of this machine. */
  readonly cameAt: number[] = [];
  /** Messages that are no frames. */
  readonly unreadable: string[] = [];
  /** Undefined while it is open. */
  closeCode: number | undefined;
  readonly #socket: WebSocket;
  readonly #setup: ProbeSocketSetup;
  readonly #wakers = new Set<() => void>();
  #ids = 0;

  private constructor(socket: WebSocket, setup: ProbeSocketSetup) {
    this.#socket = socket;
    this.#setup = setup;
    socket.on('message', (data) => this.#receive(String(data)));
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      this.closeCode = code;
      this.#wake();
    });
  }

  /** Rejects with what the gateway answered instead. */
  static open(url: string, setup: ProbeSocketSetup): Promise<ProbeSocket> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { perMessageDeflate: false, headers: setup.headers });
      const self = new ProbeSocket(socket, setup);
      const cancel = setup.clock.after(setup.patienceMs, () => {
        socket.terminate();
        reject(new Error(`no WebSocket opened within ${setup.patienceMs / 1_000} s`));
      });
      socket.once('open', () => {
        cancel();
        resolve(self);
      });
      socket.once('error', (error) => {
        cancel();
        reject(new Error(`no WebSocket opened: ${error.message}`));
      });
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(frame: object): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    if (this.isOpen) this.#socket.send(text);
  }

  /** An id for a frame, so that its answer is known. */
  nextId(kind = 'probe'): string {
    this.#ids += 1;
    return `${kind}-${this.#ids}`;
  }

  /** The first frame from place `from` on that fits; undefined once nothing has come for a while, or nothing can. */
  async frame(fits: (frame: ProbeFrame) => boolean, from = 0): Promise<ProbeFrame | undefined> {
    let next = from;
    for (;;) {
      for (; next < this.frames.length; next += 1) {
        const frame = this.frames[next];
        if (frame !== undefined && fits(frame)) return frame;
      }
      if (!this.isOpen || !(await this.#more())) return undefined;
    }
  }

  /** The answer to the frame with this id: an ack or a refusal. */
  answer(id: string): Promise<ProbeFrame | undefined> {
    return this.frame((frame) => frame['id'] === id && ['ack', 'error', 'chat.error'].includes(frame.type));
  }

  /** What came of a conversation, or of one turn of it, in order. */
  deltas(conversationId: string, turnId?: unknown): readonly ProbeDelta[] {
    return this.frames.flatMap((frame, at) => {
      const event = frame.type === 'chat.delta' ? (frame['event'] as ProbeEvent | undefined) : undefined;
      if (event?.['conversationId'] !== conversationId) return [];
      if (turnId !== undefined && event.turnId !== turnId) return [];
      return [{ at, n: frame['n'], event, frame }];
    });
  }

  /** Whether so many pieces of text came before the turn was over. */
  async hasText(conversationId: string, pieces: number): Promise<boolean> {
    const count = (): number =>
      this.deltas(conversationId).filter(({ event }) => event.type === 'text-delta').length;
    await this.frame(() => count() >= pieces || this.isSealed(conversationId));
    return count() >= pieces && !this.isSealed(conversationId);
  }

  isSealed(conversationId: string, turnId?: unknown): boolean {
    return this.deltas(conversationId, turnId).some(({ event }) => event.type === 'turn-sealed');
  }

  /** Whether the end of the turn came. */
  async sealed(conversationId: string, turnId?: unknown): Promise<boolean> {
    await this.frame(() => this.isSealed(conversationId, turnId));
    return this.isSealed(conversationId, turnId);
  }

  /** Watches, and resolves when the gateway says that it does. */
  async watch(conversationId: string, cursor: object = {}, id = this.nextId()): Promise<void> {
    this.send({ type: 'chat.subscribe', id, conversationId, ...cursor });
    const { manners } = this.#setup;
    if (manners.acks) manners.acks = (await this.answer(id)) !== undefined;
    await this.settle();
  }

  /** Resolves when what was sent before has been dealt with. */
  async settle(): Promise<void> {
    const from = this.frames.length;
    this.send({ type: 'ping' });
    const { manners } = this.#setup;
    if (manners.pongs) manners.pongs = (await this.frame(({ type }) => type === 'pong', from)) !== undefined;
    if (!manners.pongs || !manners.acks) await this.pause(SILENCE_MS);
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#setup.clock.after(ms, resolve);
    });
  }

  /** Leaves in good order. */
  close(): void {
    this.#socket.close();
  }

  /** Breaks the line, as a lost network does. */
  cut(): void {
    this.#socket.terminate();
  }

  #receive(text: string): void {
    const value = parsed(text);
    if (value === undefined) this.unreadable.push(text);
    else {
      this.frames.push(value);
      this.cameAt.push(this.#setup.clock.wall());
    }
    // A heartbeat says nothing of what is waited for.
    if (value?.type !== 'ping') this.#wake();
  }

  /** False: nothing came within the patience. */
  #more(): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (came: boolean): void => {
        cancel();
        this.#wakers.delete(waker);
        resolve(came);
      };
      const waker = (): void => settle(true);
      const cancel = this.#setup.clock.after(this.#setup.patienceMs, () => settle(false));
      this.#wakers.add(waker);
    });
  }

  #wake(): void {
    for (const waker of [...this.#wakers]) waker();
  }
}

function parsed(text: string): ProbeFrame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isFrame =
      typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
    return isFrame ? (value as ProbeFrame) : undefined;
  } catch {
    return undefined;
  }
}
