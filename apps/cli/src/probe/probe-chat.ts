import type { Clock } from '../clock.ts';
import { fieldsOf, jsonOf, noAnswer } from '../raw-http.ts';
import type { ProbeEvent } from './probe-socket.ts';

/** One `POST /chat` as it comes in. */
export interface ProbeChat {
  /** Head of the answer. Undefined until it is there, and when none came. */
  readonly head: { readonly status: number; readonly headers: Headers } | undefined;
  /** The lines so far, each as it came, without its line break. */
  readonly lines: readonly string[];
  /** What came behind the last line break. */
  readonly rest: string;
  /** The lines that are events, in order. */
  readonly events: readonly ProbeEvent[];
  /** Resolves, and never rejects, when the answer has ended, has been silent for too long, or was left. */
  readonly ended: Promise<void>;
  /** Why there is no answer at all; undefined while there may be one. */
  readonly failure: string | undefined;
  /** Whether the answer came to its end by itself. */
  readonly isWhole: boolean;
  /** Drops the connection. */
  leave(): void;
}

export interface ProbeChatSetup {
  readonly url: string;
  readonly clock: Clock;
  /** Silence after which nothing more is expected, in milliseconds. */
  readonly patienceMs: number;
}

/** Sends a message over HTTP and reads its turn. */
export function startProbeChat(
  setup: ProbeChatSetup,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): ProbeChat {
  const { url, clock, patienceMs } = setup;
  const abort = new AbortController();
  const state = {
    head: undefined as ProbeChat['head'],
    lines: [] as string[],
    rest: '',
    failure: undefined as string | undefined,
    isWhole: false,
  };
  let cancel = (): void => undefined;
  const stillThere = (): void => {
    cancel();
    cancel = clock.after(patienceMs, () => abort.abort());
  };

  async function read(): Promise<void> {
    stillThere();
    try {
      const response = await fetch(`${url}/chat`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: abort.signal,
      });
      state.head = { status: response.status, headers: response.headers };
      const decoder = new TextDecoder();
      for await (const bytes of response.body ?? []) {
        stillThere();
        const pieces = (state.rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n');
        state.rest = pieces.pop() ?? '';
        state.lines.push(...pieces);
      }
      state.isWhole = true;
    } catch (error) {
      // What came until then is what there is to judge.
      if (state.head === undefined) state.failure = noAnswer(error, abort.signal.aborted, patienceMs).message;
    } finally {
      cancel();
    }
  }

  const ended = read();
  return {
    get head() {
      return state.head;
    },
    get lines() {
      return state.lines;
    },
    get rest() {
      return state.rest;
    },
    get failure() {
      return state.failure;
    },
    get isWhole() {
      return state.isWhole;
    },
    get events() {
      return state.lines.flatMap((line) => {
        const fields = fieldsOf(jsonOf(line));
        return typeof fields?.['type'] === 'string' ? [fields as ProbeEvent] : [];
      });
    },
    ended,
    leave: () => abort.abort(),
  };
}
