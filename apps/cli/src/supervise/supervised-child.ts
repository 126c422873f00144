import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { FINAL_CHILD_CODES } from '../exit-codes.ts';
import { restartDelay } from './restart-delay.ts';

export interface ChildPlan {
  /** How people read it: `kernel`, `gateway`. */
  readonly name: string;
  /** JavaScript file to run. */
  readonly entry: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How a child's process ended. */
export interface ChildEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildEvents {
  /** It serves; again after every restart. */
  ready(message: Readonly<Record<string, unknown>>): void;
  /** It wrote a line. */
  line(text: string): void;
  /** It ended unasked and starts again after `delayMs`. */
  restarting(end: ChildEnd, delayMs: number): void;
  /** It ended in a way that starting it again cannot help; all its lines have been told. */
  failed(code: number): void;
}

/** How long the last lines of an ended child may take to arrive, in milliseconds. */
const LAST_LINES_MS = 250;

/** One process, started again whenever it ends, until told to stop. Holds its stdin: when we die, it drains. */
export class SupervisedChild {
  readonly plan: ChildPlan;
  readonly #clock: Clock;
  readonly #events: ChildEvents;
  #process: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #cancelRestart: () => void = () => undefined;
  #failures = 0;
  #stopping = false;

  constructor(plan: ChildPlan, clock: Clock, events: ChildEvents) {
    this.plan = plan;
    this.#clock = clock;
    this.#events = events;
  }

  start(): void {
    if (this.#stopping) return;
    const { entry, args, env } = this.plan;
    const startedAt = this.#clock.mono();
    const child = spawn(process.execPath, [...process.execArgv, entry, ...args], {
      env: env as NodeJS.ProcessEnv,
      // A group of its own: Ctrl-C and a closed terminal reach us alone, and we decide what they mean.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    });
    this.#process = child;
    // A child that ends first breaks the pipe; its end is told by `close`.
    child.stdin?.on('error', () => undefined);
    for (const stream of [child.stdout, child.stderr]) this.#readLines(stream);
    child.on('message', (message) => {
      if (isReady(message)) this.#events.ready(message);
    });
    this.#ended = new Promise((resolve) => {
      let over = false;
      const end = (how: ChildEnd): void => {
        if (over) return;
        over = true;
        this.#process = undefined;
        resolve();
        this.#afterEnd(how, this.#clock.mono() - startedAt);
      };
      child.once('error', (error) => {
        this.#events.line(`${this.plan.entry} cannot be run: ${error.message}`);
        end({ code: 1, signal: null });
      });
      child.once('close', (code, signal) => end({ code, signal }));
      // Something it started may hold its output open.
      child.once('exit', (code, signal) => this.#clock.after(LAST_LINES_MS, () => end({ code, signal })));
    });
  }

  /** Asks it to drain and end; resolves when it has. A second call asks again, which it takes as "at once". */
  stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelRestart();
    // Its stdin stays open: the end of that pipe means that we died, and would count as a second request.
    this.#process?.kill('SIGTERM');
    return this.#ended;
  }

  /** Ends it now. */
  kill(): Promise<void> {
    this.#stopping = true;
    this.#cancelRestart();
    this.#process?.kill('SIGKILL');
    return this.#ended;
  }

  #afterEnd(end: ChildEnd, ranMs: number): void {
    if (this.#stopping) return;
    if (end.code !== null && FINAL_CHILD_CODES.includes(end.code)) {
      this.#stopping = true;
      this.#events.failed(end.code);
      return;
    }
    const { delayMs, failures } = restartDelay(this.#failures, ranMs);
    this.#failures = failures;
    this.#cancelRestart = this.#clock.after(delayMs, () => this.start());
    this.#events.restarting(end, delayMs);
  }

  #readLines(stream: Readable | null): void {
    if (!stream) return;
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      if (line !== '') this.#events.line(line);
    });
  }
}

function isReady(message: unknown): message is Readonly<Record<string, unknown>> {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}
