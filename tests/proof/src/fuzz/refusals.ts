import { ERRORS } from '@dispatch/transport-contract';
import { leakIn } from './leaks.ts';

const REQUEST_ID = /^req_[0-9a-z]{26}$/;
const LONGEST_MESSAGE = 500;
/** HTTP knows closer statuses for some requests that cannot be read than the catalogue's. */
const CLOSER_STATUSES: Readonly<Record<string, readonly number[]>> = { 'invalid-request': [408, 431] };

/** What is wrong with the body of an HTTP answer with this 4xx or 5xx status; undefined: it is what the contract says. */
export function faultOfErrorBody(
  status: number,
  text: string,
  requestId: string | undefined,
): string | undefined {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text);
  } catch {
    return `the body is not JSON: ${text.slice(0, 80)}`;
  }
  const surplus = surplusKey(body, ['error', 'code', 'hint', 'retryable', 'retryAfterMs', 'requestId']);
  if (surplus !== undefined) return `the body has ${surplus}`;
  if (typeof body['error'] !== 'string') return 'the body has no error';
  if (body['retryable'] === undefined || body['requestId'] === undefined) return 'a field is missing';
  if (body['requestId'] !== requestId) return `requestId is not the header's: ${requestId}`;
  const fault = faultOfRefusal({ ...body, message: body['error'] });
  if (fault !== undefined) return fault;
  const code = String(body['code']);
  const expected = ERRORS[code as keyof typeof ERRORS].status;
  if (status === 500) return `an internal failure: ${body['requestId']}`;
  if (status !== expected && CLOSER_STATUSES[code]?.includes(status) !== true)
    return `${code} with status ${status}`;
  return undefined;
}

/** What is wrong with an `error` or `chat.error` frame; undefined: it is what the contract says. */
export function faultOfErrorFrame(frame: Readonly<Record<string, unknown>>): string | undefined {
  const about = frame['type'] === 'chat.error' ? 'conversationId' : 'surfaceId';
  const known = ['type', 'message', 'code', 'hint', 'retryable', 'retryAfterMs', 'requestId', 'id', about];
  const surplus = surplusKey(frame, known);
  if (surplus !== undefined) return `the frame has ${surplus}`;
  if (frame['code'] === 'internal') return `an internal failure: ${String(frame['requestId'])}`;
  return faultOfRefusal(frame);
}

function faultOfRefusal(refusal: Readonly<Record<string, unknown>>): string | undefined {
  const { message, code, hint, retryable, retryAfterMs, requestId } = refusal;
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) return `the code is ${String(code)}`;
  if (retryable !== ERRORS[code as keyof typeof ERRORS].retryable)
    return `${code} with retryable ${retryable}`;
  if (typeof requestId !== 'string' || !REQUEST_ID.test(requestId))
    return `requestId is ${String(requestId)}`;
  if (retryAfterMs !== undefined && !(Number(retryAfterMs) >= 0 && retryable === true))
    return `retryAfterMs is ${String(retryAfterMs)}`;
  if (hint !== undefined && typeof hint !== 'string') return 'hint is no text';
  return faultOfWords(message) ?? (hint === undefined ? undefined : faultOfWords(hint));
}

/** One line a person can read, that tells nothing of the inside. */
function faultOfWords(words: unknown): string | undefined {
  if (typeof words !== 'string' || words.trim() === '') return 'the message is empty';
  if (words.length > LONGEST_MESSAGE) return `the message has ${words.length} characters`;
  if (/\p{Cc}|[\u2028\u2029]/u.test(words)) return 'the message is more than one line of text';
  const leak = leakIn(words);
  return leak === undefined ? undefined : `the message shows "${leak}"`;
}

function surplusKey(object: object, known: readonly string[]): string | undefined {
  return Object.keys(object).find((key) => !known.includes(key));
}
