import type { DispatchError } from './dispatch-error.ts';

interface PendingInvoke {
  readonly resolve: () => void;
  readonly reject: (error: DispatchError) => void;
}

/** Actions until they are answered. None is ever written twice: an action without payload may flip something. */
export class Invocations {
  readonly #pending = new Map<string, PendingInvoke>();

  add(id: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
  }

  /** Whether it was an action that waited here. */
  acknowledge(id: string): boolean {
    this.#pending.get(id)?.resolve();
    return this.#pending.delete(id);
  }

  /** Whether it was an action that waited here. */
  refuse(id: string, error: DispatchError): boolean {
    this.#pending.get(id)?.reject(error);
    return this.#pending.delete(id);
  }

  refuseAll(error: DispatchError): void {
    for (const id of [...this.#pending.keys()]) this.refuse(id, error);
  }
}
