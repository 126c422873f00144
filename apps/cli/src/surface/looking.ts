import { type Connection, DispatchError, type SurfaceHandle } from '@dispatch/client';
import type { SurfaceSpec } from '@dispatch/ui-contract';
import type { Clock } from '../clock.ts';

/** What is known of a surface at a moment. */
export interface SurfaceNews {
  /** The newest state; undefined while there is none. */
  readonly spec: SurfaceSpec | undefined;
  /** Whether `spec` is told for the first time. */
  readonly isNew: boolean;
  /** Why there is nothing newer; undefined when all is well. */
  readonly error?: DispatchError;
}

/** A surface that has a state. */
export interface Looking {
  readonly handle: SurfaceHandle;
  readonly spec: SurfaceSpec;
  /** At once, and on every change; there is one listener. */
  onChange(listener: (news: SurfaceNews) => void): void;
}

/** How long a first state may take, in milliseconds. */
const SHOWN_WITHIN_MS = 10_000;

/** Looks at a surface and resolves with its first state. Rejects with why there is none. */
export function lookAt(
  connection: Connection,
  clock: Clock,
  surfaceId: string,
  conversationId: string | undefined,
): Promise<Looking> {
  return new Promise((resolve, reject) => {
    let listener: ((news: SurfaceNews) => void) | undefined;
    const cancel = clock.after(SHOWN_WITHIN_MS, () => {
      const message = `The gateway did not tell how "${surfaceId}" stands.`;
      reject(new DispatchError({ code: 'timed-out', message, retryable: true }));
    });
    const handle = connection.surface(surfaceId, conversationId === undefined ? {} : { conversationId }, {
      onSpec: (spec) => {
        cancel();
        newest = spec;
        listener?.({ spec, isNew: true });
        resolve({
          handle,
          get spec() {
            return newest;
          },
          onChange: (callback) => {
            listener = callback;
            callback({ spec: newest, isNew: true });
          },
        });
      },
      onError: (error) => {
        cancel();
        listener?.({ spec: handle.spec, isNew: false, error });
        reject(error);
      },
    });
    let newest: SurfaceSpec;
  });
}
