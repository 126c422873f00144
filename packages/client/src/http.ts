import { ROUTES, type RouteName, routePath } from '@dispatch/transport-contract';
import type { ClientClock } from './clock.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { DispatchError, errorOfAnswer } from './dispatch-error.ts';
import type { FetchFunction, FetchInit, FetchResponse, PlatformAbortSignal } from './platform.ts';

/** Common to every call. */
export interface CallOptions {
  /** Gives the call up; what the gateway already took stays done. */
  readonly signal?: PlatformAbortSignal;
  /** Milliseconds until the call is given up as `timed-out`. Default 30 000; for a stream, until it begins. */
  readonly timeoutMs?: number;
}

/** A call, as the route table knows it. */
export interface HttpCall {
  readonly route: RouteName;
  /** Values of the path's parameters; absent when it has none. */
  readonly params?: Readonly<Record<string, string>>;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON; absent: no body. */
  readonly body?: unknown;
  readonly options?: CallOptions | undefined;
}

export interface HttpSetup {
  /** Of the gateway, without a slash at its end. */
  readonly url: string;
  readonly fetch: FetchFunction;
  readonly clock: ClientClock;
  /** Asked before each call. Absent: nothing says who calls, but for a cookie. */
  readonly token?: () => Promise<string>;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** The answer's body as JSON, or a `DispatchError`. The contract says what it is; it is not checked again here. */
export async function callJson<Answer>(setup: HttpSetup, call: HttpCall): Promise<Answer> {
  const deadline = startDeadline(setup.clock, timeoutOf(call), call.options?.signal);
  try {
    const response = await answered(setup, call, deadline);
    const text = await read(setup, response, deadline);
    try {
      return JSON.parse(text) as Answer;
    } catch (cause) {
      throw new DispatchError({
        code: 'malformed-answer',
        message: `${setup.url} answered something that is not JSON.`,
        hint: 'Is this the address of a Dispatch gateway?',
        status: response.status,
        cause,
      });
    }
  } finally {
    deadline.release();
  }
}

/** The answer before its body: for streams, whose length no deadline bounds. The caller's signal goes on to count. */
export async function callStream(setup: HttpSetup, call: HttpCall): Promise<FetchResponse> {
  const deadline = startDeadline(setup.clock, undefined, call.options?.signal);
  const cancel = setup.clock.after(timeoutOf(call), () => deadline.expire());
  try {
    return await answered(setup, call, deadline);
  } finally {
    cancel();
  }
}

async function answered(setup: HttpSetup, call: HttpCall, deadline: Deadline): Promise<FetchResponse> {
  const url = `${setup.url}${routePath(call.route, call.params ?? {})}${queryString(call.query)}`;
  const token = await tokenOf(setup);
  const init: FetchInit = {
    method: ROUTES[call.route].method,
    headers: {
      ...(call.body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    signal: deadline.signal,
  };
  if (call.body !== undefined) init.body = JSON.stringify(call.body);
  let response: FetchResponse;
  try {
    response = await setup.fetch(url, init);
  } catch (cause) {
    throw failure(setup, deadline, cause);
  }
  if (response.ok) return response;
  const text = await read(setup, response, deadline);
  throw errorOfAnswer(response.status, text, response.headers.get('retry-after'));
}

async function tokenOf({ token }: HttpSetup): Promise<string | undefined> {
  try {
    return await token?.();
  } catch (cause) {
    throw new DispatchError({
      code: 'no-token',
      message: 'The function that gives the token failed.',
      cause,
    });
  }
}

async function read(setup: HttpSetup, response: FetchResponse, deadline: Deadline): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    throw failure(setup, deadline, cause);
  }
}

/** Why a call came to nothing. */
function failure({ url }: HttpSetup, { cause: by }: Deadline, cause: unknown): DispatchError {
  if (by === 'caller') {
    return new DispatchError({ code: 'aborted', message: 'The call was given up by its caller.', cause });
  }
  if (by === 'time') {
    const message = `The gateway at ${url} did not answer in time.`;
    return new DispatchError({ code: 'timed-out', message, retryable: true, cause });
  }
  return new DispatchError({
    code: 'unreachable',
    message: `No gateway answers at ${url}.`,
    hint: 'Start one with `dispatch up`, or name another address.',
    retryable: true,
    cause,
  });
}

function timeoutOf({ options }: HttpCall): number {
  return options?.timeoutMs ?? DEFAULT_TIMEOUT_MS;
}

function queryString(query: HttpCall['query']): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
