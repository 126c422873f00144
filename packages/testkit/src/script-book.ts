import { fail } from './build-reply.ts';
import type { RecordedRequest } from './recorded-request.ts';
import type { Reply } from './reply.ts';

/** A reply, or how to find one for the request at hand. */
export type ScriptedReply = Reply | ((request: RecordedRequest) => Reply | Promise<Reply>);

/** What is to be answered: a queue for each model, and what comes when a queue is empty. */
export class ScriptBook {
  readonly #queues = new Map<string, ScriptedReply[]>();
  readonly #defaults = new Map<string, ScriptedReply>();

  queue(model: string, replies: readonly ScriptedReply[]): void {
    this.#queues.set(model, [...(this.#queues.get(model) ?? []), ...replies]);
  }

  always(model: string, reply: ScriptedReply): void {
    this.#defaults.set(model, reply);
  }

  /** Models somebody scripted, sorted; `*` is none. */
  models(): readonly string[] {
    const names = new Set([...this.#queues.keys(), ...this.#defaults.keys()]);
    return [...names].filter((name) => name !== '*').sort();
  }

  clear(): void {
    this.#queues.clear();
    this.#defaults.clear();
  }

  async take(request: RecordedRequest): Promise<Reply> {
    const { model } = request;
    const queued = this.#queues.get(model)?.shift() ?? this.#queues.get('*')?.shift();
    const scripted = queued ?? this.#defaults.get(model) ?? this.#defaults.get('*');
    if (scripted === undefined) return this.#unscripted(model);
    return typeof scripted === 'function' ? await scripted(request) : scripted;
  }

  /** A model nobody knows is answered as a provider would; one whose script is over is the test's mistake and says so. */
  #unscripted(model: string): Reply {
    if (!this.#queues.has(model)) return fail(404, { message: `model: ${model}` });
    return fail(500, { message: `The script of ${model} is over.` });
  }
}
