import { monitorEventLoopDelay } from 'node:perf_hooks';
import { PRODUCT_VERSION } from '@dispatch/link';
import { DONE_REASONS } from '@dispatch/wire';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Ends of a turn that are told apart; the set is open, so every other one is `other`. */
const REASONS: readonly string[] = DONE_REASONS;
const OTHER = 'other';
/** A flush takes from a tenth of a millisecond to, on a bad day, seconds. */
const COMMIT_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const NANOSECONDS = 1e9;

/** What the figures are read from when somebody asks. */
export interface KernelFacts {
  readonly turnsRunning: () => number;
  readonly links: () => number;
  readonly usersOnline: () => number;
  readonly isStoreDamaged: () => boolean;
}

/** The figures of one kernel. No label names a person, a conversation, or anything else there is any number of. */
export interface KernelMetrics {
  turnStarted(): void;
  /** `reason` as `done` has it. */
  turnEnded(reason: string): void;
  /** `kind`: what was written · `outcome`: what came of it. */
  committed(kind: 'commit' | 'events', outcome: string, seconds: number): void;
  /** Where the figures of the moment come from; asked with each reading. */
  observe(facts: KernelFacts): void;
  /** All of them in the text format of Prometheus. */
  text(): Promise<string>;
  stop(): void;
}

export function createKernelMetrics(): KernelMetrics {
  const register = new Registry();
  const registers = [register];
  let facts: KernelFacts | undefined;
  const gauge = (name: string, help: string, read: (from: KernelFacts) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        if (facts !== undefined) this.set(read(facts));
      },
    });
  };

  const started = new Counter({
    name: 'dispatch_kernel_turns_started_total',
    help: 'Turns that were admitted.',
    registers,
  });
  const ended = new Counter({
    name: 'dispatch_kernel_turns_ended_total',
    help: 'Turns that were sealed, by their reason.',
    labelNames: ['reason'],
    registers,
  });
  const commits = new Histogram({
    name: 'dispatch_kernel_commit_duration_seconds',
    help: 'Time from asking for a commit to its outcome, by what was written and what came of it.',
    labelNames: ['kind', 'outcome'],
    buckets: COMMIT_BUCKETS_S,
    registers,
  });
  gauge('dispatch_kernel_turns_running', 'Turns that run now.', ({ turnsRunning }) => turnsRunning());
  gauge('dispatch_kernel_links', 'Gateways that are linked now.', ({ links }) => links());
  gauge('dispatch_kernel_users_online', 'Users who are there now.', ({ usersOnline }) => usersOnline());
  gauge('dispatch_kernel_store_damaged', '1: the store was found damaged and takes no writes.', (from) =>
    from.isStoreDamaged() ? 1 : 0,
  );

  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  new Gauge({
    name: 'dispatch_kernel_event_loop_delay_seconds',
    help: 'How late the event loop ran since the last reading.',
    labelNames: ['quantile'],
    registers,
    collect() {
      for (const quantile of [0.5, 0.99, 1]) {
        this.set({ quantile: String(quantile) }, delay.percentile(quantile * 100) / NANOSECONDS);
      }
      delay.reset();
    },
  });
  new Gauge({
    name: 'dispatch_kernel_resident_memory_bytes',
    help: 'Resident memory of the process.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: 'dispatch_kernel_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: PRODUCT_VERSION, node: process.version }, 1);

  return {
    turnStarted: () => started.inc(),
    turnEnded: (reason) => ended.inc({ reason: REASONS.includes(reason) ? reason : OTHER }),
    committed: (kind, outcome, seconds) => commits.observe({ kind, outcome }, seconds),
    observe(given) {
      facts = given;
    },
    text: () => register.metrics(),
    stop: () => void delay.disable(),
  };
}
