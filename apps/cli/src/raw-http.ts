import type { Clock } from './clock.ts';

/** An answer as it came, whatever it is. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON; undefined when it is none. */
  readonly json: unknown;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until an answer must be there, to its end. */
  readonly withinMs: number;
}

/** No answer came: nobody listens there, whoever listens said nothing in time, or what came is no HTTP. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly kind: 'unreachable' | 'silent' | 'broken';

  constructor(kind: NoAnswerError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Codes of the system that mean that there is nobody to talk to. */
const NOBODY = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
];

/** One request and its whole answer; redirects are answers too. Throws {@link NoAnswerError} alone. */
export async function rawRequest(url: string, request: RawRequest, clock: Clock): Promise<RawAnswer> {
  const { method = 'GET', headers = {}, body, withinMs } = request;
  const abort = new AbortController();
  const cancel = clock.after(withinMs, () => abort.abort());
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: abort.signal,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
  } catch (error) {
    throw noAnswer(error, abort.signal.aborted, withinMs);
  } finally {
    cancel();
  }
}

/** Why `fetch` gave nothing. */
export function noAnswer(error: unknown, isLate: boolean, withinMs: number): NoAnswerError {
  if (isLate) return new NoAnswerError('silent', `nothing came within ${withinMs / 1_000} s`);
  const cause = error instanceof Error ? error.cause : undefined;
  const { code, message } = (cause ?? error) as { readonly code?: unknown; readonly message?: unknown };
  // `fetch` itself refuses to go to some ports; nothing of ours listens there.
  const isNobody = message === 'bad port' || (typeof code === 'string' && NOBODY.includes(code));
  const kind = isNobody ? 'unreachable' : 'broken';
  return new NoAnswerError(kind, String(message || code || 'the connection broke'));
}

/** The value of a JSON text; undefined when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of a JSON object; undefined for anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}
