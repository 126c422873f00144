import type { Clock } from '../clock.ts';
import { type ChildEnd, type ChildPlan, SupervisedChild } from './supervised-child.ts';

export interface SupervisorEvents {
  /** Every child serves for the first time; their `ready` messages by name. */
  allReady(messages: ReadonlyMap<string, Readonly<Record<string, unknown>>>): void;
  line(child: string, text: string): void;
  restarting(child: string, end: ChildEnd, delayMs: number): void;
  /** It serves again after it had ended. */
  recovered(child: string): void;
  /** Children that had to be killed because they did not drain in time. */
  killed(children: readonly string[]): void;
}

/** Head start of the door, so that it says goodbye while the kernel still answers, in milliseconds. */
const NEXT_CHILD_AFTER_MS = 1_000;

/** A draining child gives itself 10 seconds; it is killed only after that, in milliseconds. */
const KILL_AFTER_MS = 12_000;

/** A few processes that run and stop together. */
export class Supervisor {
  readonly #children: readonly SupervisedChild[];
  readonly #clock: Clock;
  readonly #events: SupervisorEvents;
  readonly #messages = new Map<string, Readonly<Record<string, unknown>>>();
  #exitCode = 0;
  #stopped: Promise<number> | undefined;
  #tellEnd: (code: number) => void = () => undefined;

  /** Resolves with the exit code once every child has ended. */
  readonly ended: Promise<number>;

  /** @param plans in the order in which they are started; they are stopped in the opposite one */
  constructor(plans: readonly ChildPlan[], clock: Clock, events: SupervisorEvents) {
    this.#clock = clock;
    this.#events = events;
    this.ended = new Promise((resolve) => {
      this.#tellEnd = resolve;
    });
    this.#children = plans.map(
      (plan) =>
        new SupervisedChild(plan, clock, {
          ready: (message) => this.#ready(plan.name, message),
          line: (text) => events.line(plan.name, text),
          restarting: (end, delayMs) => events.restarting(plan.name, end, delayMs),
          failed: (code) => {
            this.#exitCode = code;
            void this.stop();
          },
        }),
    );
  }

  start(): void {
    for (const child of this.#children) child.start();
  }

  /** Drains every child and resolves with the exit code: 0, or that of the child that made us stop. */
  stop(): Promise<number> {
    this.#stopped ??= this.#drain();
    return this.#stopped;
  }

  /** Ends every child now. */
  async kill(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.kill()));
  }

  async #drain(): Promise<number> {
    const running = new Set(this.#children.map((child) => child.plan.name));
    const cancelKill = this.#clock.after(KILL_AFTER_MS, () => {
      this.#exitCode ||= 1;
      this.#events.killed([...running]);
      void this.kill();
    });
    const stopping: Promise<void>[] = [];
    for (const child of this.#children.toReversed()) {
      const stopped = child.stop().then(() => {
        running.delete(child.plan.name);
      });
      stopping.push(stopped);
      await Promise.race([stopped, this.#sleep(NEXT_CHILD_AFTER_MS)]);
    }
    await Promise.all(stopping);
    cancelKill();
    this.#tellEnd(this.#exitCode);
    return this.#exitCode;
  }

  #ready(name: string, message: Readonly<Record<string, unknown>>): void {
    const again = this.#messages.has(name);
    this.#messages.set(name, message);
    if (again) this.#events.recovered(name);
    else if (this.#messages.size === this.#children.length) this.#events.allReady(this.#messages);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }
}
