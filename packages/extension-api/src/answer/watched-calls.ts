import type { AnswerWatch } from './watch-answer.ts';

/** Names the call a request belongs to, between us and the library; it never leaves the process. */
const CALL_HEADER = 'x-dispatch-call';

type Fetch = typeof globalThis.fetch;

/** The calls of one library model. Libraries take their `fetch` when a model is made, so this one finds each request's own watch. */
export interface WatchedCalls {
  /** To be given to the library when the model is made. Requests of no call follow no redirects and are not watched. */
  readonly fetch: Fetch;
  /** Makes one call; `headers` must be among the headers the library is called with. */
  run<T>(watch: AnswerWatch, call: (headers: Readonly<Record<string, string>>) => PromiseLike<T>): Promise<T>;
}

/** Lets one library model serve any number of calls at a time: making a model for each costs more than the call itself. */
export function watchedCalls(): WatchedCalls {
  const open = new Map<string, AnswerWatch>();
  let count = 0;
  return {
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      const watch = open.get(headers.get(CALL_HEADER) ?? '');
      headers.delete(CALL_HEADER);
      if (watch !== undefined) return watch.fetch(input, { ...init, headers });
      return globalThis.fetch(input, { ...init, headers, redirect: 'manual' });
    },
    async run(watch, call) {
      count += 1;
      const id = String(count);
      open.set(id, watch);
      try {
        return await call({ [CALL_HEADER]: id });
      } finally {
        open.delete(id);
      }
    },
  };
}
