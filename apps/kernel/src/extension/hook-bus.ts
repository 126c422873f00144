import type { HookRef } from '@dispatch/extension-api';
import { copyJson } from './json-copy.ts';

/** Told of what an extension did wrong where nobody waits for it. */
export type ReportFailure = (extensionId: string, what: string, error: unknown) => void;

/** Fire-and-forget hooks. */
export interface HookBus {
  on(extensionId: string, hookId: string, listener: (payload: unknown) => unknown): void;
  /** Calls each listener at once, with a copy of its own, and waits for none of them. */
  emit<Payload>(hook: HookRef<Payload>, payload: Payload): void;
  removeOf(extensionId: string): void;
}

interface Listener {
  readonly extensionId: string;
  readonly listener: (payload: unknown) => unknown;
}

/** What a listener throws or rejects with is reported and touches nobody else. */
export function createHookBus(report: ReportFailure): HookBus {
  const listeners = new Map<string, Set<Listener>>();

  async function tell({ extensionId, listener }: Listener, hookId: string, payload: unknown): Promise<void> {
    try {
      await listener(copyJson(payload, `the payload of ${hookId}`));
    } catch (error) {
      report(extensionId, `its listener of ${hookId}`, error);
    }
  }

  return {
    on(extensionId, hookId, listener) {
      const known = listeners.get(hookId) ?? new Set();
      listeners.set(hookId, known.add({ extensionId, listener }));
    },
    emit({ id }, payload) {
      for (const listener of listeners.get(id) ?? []) void tell(listener, id, payload);
    },
    removeOf(extensionId) {
      for (const known of listeners.values()) {
        for (const listener of known) if (listener.extensionId === extensionId) known.delete(listener);
      }
    },
  };
}
