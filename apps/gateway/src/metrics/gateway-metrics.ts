import { monitorEventLoopDelay } from 'node:perf_hooks';
import { PRODUCT_VERSION } from '@dispatch/link';
import type { ErrorCode, WsServerMessage } from '@dispatch/transport-contract';
import { Counter, Gauge, Registry } from 'prom-client';

const NANOSECONDS = 1e9;

/** Who is delivered to: a socket, or the NDJSON answer of one turn. */
export type ReaderKind = 'websocket' | 'stream';

/** Bounds of their own that somebody can run into. */
export type RateLimit = 'messages' | 'typing' | 'pending-frames';

/** What the figures are read from when somebody asks. */
export interface GatewayFacts {
  readonly sockets: () => number;
  /** Bytes handed over to WebSockets and not yet taken by the system. */
  readonly unsentBytes: () => number;
  readonly isLinked: () => boolean;
}

/** The figures of one gateway. No label names a person, a conversation, or anything else there is any number of. */
export class GatewayMetrics {
  readonly #register = new Registry();
  readonly #registers = [this.#register];
  readonly #delay = monitorEventLoopDelay({ resolution: 10 });
  #facts: GatewayFacts | undefined;
  /** Bytes that wait for each stream. */
  readonly #streams = new Set<() => number>();
  /** Plain numbers: one goes up with every frame. */
  readonly #delivered: Record<ReaderKind, number> = { websocket: 0, stream: 0 };
  readonly #resumes = this.#counter('resumes', 'Cursors that clients came back with, by result.', 'result');
  readonly #refusals = this.#counter('refusals', 'Requests and frames that were refused, by code.', 'code');
  readonly #limited = this.#counter('rate_limit_hits', 'Refusals because of a limit, by limit.', 'limit');
  readonly #slow = this.#counter(
    'slow_readers_dropped',
    'Clients dropped because they did not keep up.',
    'kind',
  );
  readonly #deaths = this.#counter('heartbeat_deaths', 'Sockets ended because nothing came back.');
  readonly #replaced = this.#counter('sockets_replaced', 'Sockets whose tab came back with another one.');

  constructor() {
    const delivered = this.#delivered;
    new Counter({
      name: 'dispatch_gateway_deliveries_total',
      help: 'Frames and lines written to clients.',
      labelNames: ['kind'],
      registers: this.#registers,
      collect() {
        this.reset();
        for (const [kind, count] of Object.entries(delivered)) this.inc({ kind }, count);
      },
    });
    const read = (name: string, help: string, value: (facts: GatewayFacts) => number): void => {
      this.#gauge(name, help, [], (gauge) => this.#facts && gauge.set(value(this.#facts)));
    };
    this.#gauge('connections', 'Clients that are connected now.', ['kind'], (gauge) => {
      gauge.set({ kind: 'websocket' }, this.#facts?.sockets() ?? 0);
      gauge.set({ kind: 'stream' }, this.#streams.size);
    });
    read('unsent_bytes', 'Bytes that wait for clients to take them.', ({ unsentBytes }) => {
      const ofStreams = [...this.#streams].reduce((sum, unsent) => sum + unsent(), 0);
      return unsentBytes() + ofStreams;
    });
    read('link_up', '1: the kernel is reached, and all that is watched is live.', (facts) =>
      facts.isLinked() ? 1 : 0,
    );
    this.#delay.enable();
    this.#gauge(
      'event_loop_delay_seconds',
      'How late the event loop ran since the last reading.',
      ['quantile'],
      (gauge) => {
        for (const quantile of [0.5, 0.99, 1]) {
          gauge.set({ quantile: String(quantile) }, this.#delay.percentile(quantile * 100) / NANOSECONDS);
        }
        this.#delay.reset();
      },
    );
    this.#gauge('resident_memory_bytes', 'Resident memory of the process.', [], (gauge) =>
      gauge.set(process.memoryUsage.rss()),
    );
    this.#gauge('build_info', 'Always 1; the labels say what runs.', ['version', 'node'], (gauge) =>
      gauge.set({ version: PRODUCT_VERSION, node: process.version }, 1),
    );
  }

  /** Where the figures of the moment come from; asked with each reading. */
  observe(facts: GatewayFacts): void {
    this.#facts = facts;
  }

  /** Something was written to a client. */
  delivered(kind: ReaderKind): void {
    this.#delivered[kind] += 1;
  }

  /** Of a frame to one client: what it says about resuming and refusing. */
  answered(message: WsServerMessage): void {
    if (message.type === 'hello') {
      if (message.resumed) this.#resumes.inc({ result: 'resumed' });
      else if (message.reason !== undefined) this.#resumes.inc({ result: message.reason });
    }
    if (message.type === 'chat.reset') this.#resumes.inc({ result: message.reason });
    if (message.type === 'error' || message.type === 'chat.error') this.refused(message.code ?? 'internal');
  }

  refused(code: ErrorCode): void {
    this.#refusals.inc({ code });
  }

  limited(limit: RateLimit): void {
    this.#limited.inc({ limit });
  }

  slowReader(kind: ReaderKind | 'answer'): void {
    this.#slow.inc({ kind });
  }

  heartbeatDeath(): void {
    this.#deaths.inc();
  }

  replaced(): void {
    this.#replaced.inc();
  }

  /** An NDJSON answer began, for which so many bytes wait; the returned function says that it ended. */
  streamOpened(unsent: () => number): () => void {
    this.#streams.add(unsent);
    return () => {
      this.#streams.delete(unsent);
    };
  }

  /** All of them in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#register.metrics();
  }

  stop(): void {
    this.#delay.disable();
  }

  #counter(name: string, help: string, label?: string): Counter<string> {
    const labelNames = label === undefined ? [] : [label];
    return new Counter({
      name: `dispatch_gateway_${name}_total`,
      help,
      labelNames,
      registers: this.#registers,
    });
  }

  #gauge(
    name: string,
    help: string,
    labelNames: readonly string[],
    collect: (gauge: Gauge<string>) => void,
  ): void {
    new Gauge({
      name: `dispatch_gateway_${name}`,
      help,
      labelNames,
      registers: this.#registers,
      collect() {
        collect(this);
      },
    });
  }
}
