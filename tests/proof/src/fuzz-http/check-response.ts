import { ERRORS } from '@dispatch/transport-contract';
import { routeSchemas } from '@dispatch/transport-contract/schema';
import type { RawAnswer } from '../fuzz/http-answers.ts';
import { faultOfErrorBody } from '../fuzz/refusals.ts';
import { isAccepted } from './expected-verdict.ts';
import type { RouteRequest } from './route-requests.ts';

/** Codes that no request may get from a system that is well. */
const NEVER: readonly string[] = [
  'internal',
  'kernel-unavailable',
  'draining',
  'storage-full',
  'conversation-damaged',
];
/** What a request that is right in itself may still be refused as. */
const FAIR: Readonly<Record<string, readonly string[]>> = {
  warm: ['nothing-to-warm', 'turn-running', 'warm-running'],
  chat: ['idempotency-mismatch'],
  // Nobody gave out the ids it makes up.
  endSession: ['not-found'],
  revokeToken: ['not-found'],
  changeUser: ['not-found'],
  answerApproval: ['not-found'],
  regenerate: ['not-found', 'turn-running'],
  versions: ['not-found'],
  activateVersion: ['not-found', 'turn-running'],
  fork: ['not-found', 'turn-running'],
  changeQueued: ['not-found'],
  queueMessage: ['queue-full'],
};
/** Every error an HTTP request can be answered with. */
const STATUSES = new Set([...Object.values(ERRORS).flatMap(({ status }) => status ?? []), 408, 431]);

/** A comment, or a series with its value. */
const METRICS_LINE = /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{[^}]*\})? [-+\w.]+|)$/;

/** What is wrong with the answer to a request; undefined: nothing. */
export function faultOfResponse(asked: RouteRequest, answer: RawAnswer): string | undefined {
  const { route, change, request, isJudgedByBody } = asked;
  const { status, headers, body } = answer;
  const requestId = headers['x-request-id'];
  if (headers['x-content-type-options'] !== 'nosniff') return 'the answer lacks the headers of every answer';
  if (status >= 400) {
    if (!STATUSES.has(status)) return `the contract knows no status ${status}`;
    if (request.method === 'HEAD') return undefined;
    const fault = faultOfErrorBody(status, body.toString('utf8'), requestId);
    if (fault !== undefined) return fault;
    const { code } = JSON.parse(body.toString('utf8')) as { code: string };
    if (NEVER.includes(code)) return `it was refused as ${code}`;
    if (!isJudgedByBody || !isAccepted(route, request.body)) return undefined;
    return FAIR[route]?.includes(code) === true ? undefined : `a right request was refused: ${code}`;
  }
  if (isJudgedByBody && !isAccepted(route, request.body)) return `it was accepted with ${status}`;
  if (change === 'odd-method') return undefined;
  if (status !== 200) return `the status is ${status}`;
  return faultOfBody(asked, answer);
}

/** A 200 body as the contract's schema has it; that of `metrics` line by line; that of `chat` line by line, to the end of the turn. */
function faultOfBody({ route, change }: RouteRequest, { headers, body }: RawAnswer): string | undefined {
  const { response } = routeSchemas[route];
  const text = body.toString('utf8');
  // An odd id may be a path to another route.
  if (change === 'odd-id') return undefined;
  if (route === 'metrics') {
    const odd = text
      .trimEnd()
      .split('\n')
      .find((line) => !METRICS_LINE.test(line));
    return odd === undefined ? undefined : `no line of metrics: ${odd.slice(0, 200)}`;
  }
  const read = (json: string): unknown => {
    const value: unknown = JSON.parse(json);
    return response.safeParse(value).success ? value : undefined;
  };
  try {
    if (route !== 'chat')
      return read(text) === undefined ? `no answer of this route: ${text.slice(0, 200)}` : undefined;
    if (headers['x-conversation-id'] === undefined) return 'the stream names no conversation';
    const events = text.trimEnd().split('\n').map(read) as readonly ({ readonly type: string } | undefined)[];
    if (events.includes(undefined)) return `a line is no event: ${text.slice(0, 200)}`;
    return events.at(-1)?.type === 'turn-sealed' ? undefined : `the stream ends with ${events.at(-1)?.type}`;
  } catch {
    return `the body is no JSON: ${text.slice(0, 200)}`;
  }
}
