import { CountingSocket } from '@dispatch/tests-processes';
import { percentile } from '../figures.ts';
import { cpuMicroseconds } from '../process-figures.ts';
import type { FanoutServer } from './fanout-server.ts';

const OPENED_AT_ONCE = 50;
const PATIENCE_MS = 30_000;
/** As large as the event of an ordinary change: the whole frame has about 210 bytes. */
const PADDING = 'x'.repeat(96);
const AT = Buffer.from('"at":');

/** What a server did under load. */
export interface Reached {
  /** Deliveries a second, over all sockets. */
  readonly perSecond: number;
  /** CPU of the server for each, microseconds. */
  readonly cpuMicros: number;
  /** Milliseconds from publishing to reading, of a sample of the sockets. */
  readonly p50: number;
  readonly p99: number;
}

interface LoadOptions {
  readonly sampleEach?: number;
  readonly padding?: string;
  readonly first?: number;
}

/** So many sockets on a server, each of another user. */
export class Load {
  readonly server: FanoutServer;
  readonly #padding: string;
  readonly sockets: CountingSocket[] = [];
  #received = 0;
  #sample: number[] = [];
  #onReceived: () => void = () => undefined;

  private constructor(server: FanoutServer, padding: string) {
    this.server = server;
    this.#padding = padding;
  }

  /** Latency is taken of each `sampleEach`-th socket; `padding` is what an event holds; the users are numbered from `first` on. */
  static async open(
    server: FanoutServer,
    many: number,
    { sampleEach = 25, padding = PADDING, first = 0 }: LoadOptions = {},
  ): Promise<Load> {
    const load = new Load(server, padding);
    for (let from = 0; from < many; from += OPENED_AT_ONCE) {
      const users = Array.from(
        { length: Math.min(OPENED_AT_ONCE, many - from) },
        (_, index) => first + from + index,
      );
      load.sockets.push(
        ...(await Promise.all(users.map((user) => load.#openOne(user, user % sampleEach === 0)))),
      );
    }
    return load;
  }

  /** As fast as everybody reads: at most `window` events are under way. Throws when the server loses one. */
  async saturate(ms: number, window: number): Promise<Reached> {
    await this.#run(Math.min(ms, 500), window);
    return this.#measured(() => this.#run(ms, window));
  }

  /** So many events a second, each to everybody. */
  pace(ms: number, perSecond: number): Promise<Reached> {
    return this.#measured(async () => {
      const began = performance.now();
      let published = 0;
      const before = this.#received;
      while (performance.now() - began < ms) {
        const due = Math.floor(((performance.now() - began) / 1_000) * perSecond) + 1;
        for (; published < due; published += 1) this.#publish();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await this.#until(before + published * this.sockets.length);
    });
  }

  /** So many events, and resolves when everybody has them. */
  async send(events: number): Promise<void> {
    const before = this.#received;
    for (let sent = 0; sent < events; sent += 1) this.#publish();
    await this.#until(before + events * this.sockets.length);
  }

  close(): void {
    for (const socket of this.sockets) socket.cut();
  }

  async #openOne(user: number, isSampled: boolean): Promise<CountingSocket> {
    const { server } = this;
    let onReady: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => {
      onReady = resolve;
    });
    const opened = await CountingSocket.open({
      ...server.upgradeOf(user),
      onText: (payload, socket) => {
        if (server.isReady?.(payload) === true) onReady();
        this.#take(payload, socket, isSampled);
      },
    });
    if (server.isReady !== undefined) await ready;
    return opened;
  }

  async #measured(work: () => Promise<void>): Promise<Reached> {
    this.#sample = [];
    const received = this.#received;
    const cpu = cpuMicroseconds(this.server.pid);
    const began = performance.now();
    await work();
    const seconds = (performance.now() - began) / 1_000;
    const deliveries = this.#received - received;
    return {
      perSecond: deliveries / seconds,
      cpuMicros: (cpuMicroseconds(this.server.pid) - cpu) / deliveries,
      p50: percentile(this.#sample, 0.5),
      p99: percentile(this.#sample, 0.99),
    };
  }

  async #run(ms: number, window: number): Promise<void> {
    const many = this.sockets.length;
    const before = this.#received;
    const end = performance.now() + ms;
    let published = 0;
    while (performance.now() < end) {
      for (; published - (this.#received - before) / many < window; published += 1) this.#publish();
      await this.#until(before + (published - Math.ceil(window / 2)) * many);
    }
    await this.#until(before + published * many);
  }

  #publish(): void {
    const event = { type: 'bench', at: Math.round(performance.now() * 1_000), padding: this.#padding };
    this.server.publish(event, this.sockets.length);
  }

  #take(payload: Buffer, socket: CountingSocket, isSampled: boolean): void {
    const deliveries = this.server.deliveriesIn(payload, socket);
    if (deliveries === 0) return;
    this.#received += deliveries;
    if (isSampled) this.#note(payload);
    this.#onReceived();
  }

  #note(payload: Buffer): void {
    for (let at = payload.indexOf(AT); at >= 0; at = payload.indexOf(AT, at + 1)) {
      const published = Number.parseInt(payload.toString('latin1', at + AT.length, at + AT.length + 16), 10);
      this.#sample.push(performance.now() - published / 1_000);
    }
  }

  #until(received: number): Promise<void> {
    if (this.#received >= received) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${this.server.name}: ${this.#received} of ${received} deliveries came`)),
        PATIENCE_MS,
      );
      this.#onReceived = () => {
        if (this.#received < received) return;
        clearTimeout(late);
        this.#onReceived = () => undefined;
        resolve();
      };
    });
  }
}
