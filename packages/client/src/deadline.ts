import type { ClientClock } from './clock.ts';
import type { PlatformAbortSignal } from './platform.ts';

interface AbortHandle {
  readonly signal: PlatformAbortSignal;
  abort(reason?: unknown): void;
}

/** What any platform's abort signal can do, whatever {@link PlatformAbortSignal} stands for here. */
interface AnyAbortSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

interface AbortGlobals {
  readonly AbortController: new () => AbortHandle;
}

/** A signal that aborts with the caller's own or after `ms`, whichever is first. */
export interface Deadline {
  readonly signal: PlatformAbortSignal;
  /** Which of the two it was; undefined while neither. */
  readonly cause: 'caller' | 'time' | undefined;
  /** As if the time were up. */
  expire(): void;
  /** Lets go of the timer and the caller's signal. */
  release(): void;
}

export function startDeadline(
  clock: ClientClock,
  ms: number | undefined,
  caller: PlatformAbortSignal | undefined,
): Deadline {
  const handle = new (globalThis as unknown as AbortGlobals).AbortController();
  const outer = caller as AnyAbortSignal | undefined;
  let cause: 'caller' | 'time' | undefined;
  const abort = (by: 'caller' | 'time'): void => {
    cause ??= by;
    handle.abort();
  };
  const onAbort = (): void => abort('caller');
  const cancel = ms === undefined ? () => undefined : clock.after(ms, () => abort('time'));
  outer?.addEventListener('abort', onAbort);
  if (outer?.aborted) onAbort();
  return {
    signal: handle.signal,
    get cause() {
      return cause;
    },
    expire: () => abort('time'),
    release() {
      cancel();
      outer?.removeEventListener('abort', onAbort);
    },
  };
}
