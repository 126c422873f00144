import { fail, reply, say } from './build-reply.ts';
import { endHere, failInBand, giantLine, malformedEvent, raw, refuse, resetHere } from './faults.ts';
import type { ModelFormat, Reply } from './reply.ts';

/** One way a model fails, and what whoever asked has to make of it. */
export interface ModelFault {
  readonly name: string;
  /** The class of the failure, in the words of `@dispatch/extension-api`. */
  readonly code: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Text that comes before the failure and must not be lost; with any, the request must not be made again. Empty: none comes. */
  readonly text: string;
  readonly reply: Reply;
}

/** Failures every client of `format` has to tell apart: statuses, in-band errors, cut and broken answers, bytes that are no answer. */
export function modelFaults(format: ModelFormat): readonly ModelFault[] {
  return [...statuses, ...streams, ...(format === 'anthropic' ? ofAnthropic : ofOpenai)];
}

function fault(name: string, code: string, retryable: boolean, scripted: Reply, text = ''): ModelFault {
  return { name, code, retryable, text, reply: scripted };
}

const page = fail(200, { body: '<html>hello</html>', headers: { 'content-type': 'text/html' } });
const errorObject = fail(200, { body: '{"error":{"code":429,"message":"x"}}' });
const quotedKey = 'Incorrect API key provided: sk-proj-**cret. See https://platform.example.com.';
const echoedKey = 'Bad sk-proj-secret at http://127.0.0.1:8080/v1, ask me@example.com';
const redirect = fail(308, { headers: { location: 'http://127.0.0.1:1/elsewhere' } });

const statuses: readonly ModelFault[] = [
  fault('400', 'request-rejected', false, fail(400)),
  fault('401', 'authentication-failed', false, fail(401)),
  fault('401 that quotes the key', 'authentication-failed', false, fail(401, { message: quotedKey })),
  fault('400 that quotes the key', 'request-rejected', false, fail(400, { message: echoedKey })),
  fault('402', 'quota-exhausted', false, fail(402)),
  fault('403', 'authentication-failed', false, fail(403)),
  fault('404', 'unknown-model', false, fail(404)),
  fault('413', 'context-too-long', false, fail(413)),
  fault('418', 'request-rejected', false, fail(418)),
  fault('429', 'rate-limited', true, fail(429)),
  fault('500', 'provider-unavailable', true, fail(500)),
  fault('502 of a proxy', 'provider-unavailable', true, fail(502, { body: '<html>' })),
  fault('503 without a body', 'provider-unavailable', true, fail(503, { body: '' })),
  fault('529', 'overloaded', true, fail(529)),
  fault('a flattened overload', 'overloaded', true, fail(500, { type: 'overloaded_error' })),
  fault('a redirect', 'request-rejected', false, redirect),
  fault('a web page', 'response-malformed', false, page),
  fault('JSON instead of a stream', 'response-malformed', true, fail(200, { body: '{"ok":true}' })),
  fault('an error object behind 200', 'rate-limited', true, errorObject),
];

const streams: readonly ModelFault[] = [
  fault('a connection that breaks before any answer', 'provider-unavailable', true, refuse()),
  fault('in-band overload first', 'overloaded', true, reply(failInBand(529))),
  fault('in-band rate limit first', 'rate-limited', true, reply(failInBand(429))),
  fault('in-band 500 first', 'provider-unavailable', true, reply(failInBand(500))),
  fault('in-band rejection first', 'request-rejected', false, reply(failInBand(400))),
  fault('in-band overload later', 'overloaded', true, reply(say('a'), failInBand(529)), 'a'),
  fault('in-band rate limit later', 'rate-limited', true, reply(say('a'), failInBand(429)), 'a'),
  fault('in-band 500 later', 'provider-unavailable', true, reply(say('a'), failInBand(500)), 'a'),
  fault('in-band bad key later', 'authentication-failed', false, reply(say('a'), failInBand(401)), 'a'),
  fault('in-band rejection later', 'request-rejected', false, reply(say('a'), failInBand(400)), 'a'),
  fault('malformed JSON first', 'response-malformed', true, reply(malformedEvent())),
  fault('malformed JSON later', 'response-malformed', true, reply(say('a'), malformedEvent()), 'a'),
  fault('an end before any event', 'response-truncated', true, reply(endHere())),
  fault('an end without a terminal event', 'response-truncated', true, reply(say('a'), endHere()), 'a'),
  fault('a break mid-stream', 'response-truncated', true, reply(say('a'), resetHere()), 'a'),
  fault('a line without end', 'response-malformed', true, reply(say('a'), giantLine(100 * 2 ** 20)), 'a'),
];

const says = (message: string, status = 400) => fail(status, { message });
const misshapen = (data: string) => reply(raw(`data: ${data}\n\n`));
const spentQuota = fail(429, { code: 'insufficient_quota', message: 'You exceeded your current quota' });
const askedToWait = fail(429, {
  message: 'You exceeded your current quota',
  headers: { 'retry-after-ms': '5' },
});
const tooLong = fail(400, { code: 'context_length_exceeded', message: 'Too long.' });
const tooLongForLlama = fail(400, { type: 'exceed_context_size_error', message: 'The request is too large' });
const numbered = raw('data: {"error":{"code":502,"message":"upstream"}}\n\n');
const wordsOnly = raw('data: {"error":"it broke"}\n\n');

const ofAnthropic: readonly ModelFault[] = [
  fault(
    'a long prompt',
    'context-too-long',
    false,
    says('prompt is too long: 210000 tokens > 200000 maximum'),
  ),
  fault(
    'an empty account',
    'quota-exhausted',
    false,
    says('Your credit balance is too low to access the API.'),
  ),
  fault('a spent budget', 'quota-exhausted', false, says('You have reached your API usage limits.', 429)),
  fault(
    'a known event of another shape',
    'response-malformed',
    true,
    misshapen('{"type":"content_block_delta"}'),
  ),
];

const ofOpenai: readonly ModelFault[] = [
  fault('a long prompt', 'context-too-long', false, tooLong),
  fault('a long prompt of llama.cpp', 'context-too-long', false, tooLongForLlama),
  fault(
    'a long prompt of vLLM',
    'context-too-long',
    false,
    says('the maximum context length is 4096 tokens.'),
  ),
  fault('an empty account', 'quota-exhausted', false, says('Insufficient Balance', 402)),
  fault('a spent budget', 'quota-exhausted', false, spentQuota),
  fault('a quota that says when to come back', 'rate-limited', true, askedToWait),
  fault('an in-band error with a status', 'provider-unavailable', true, reply(say('a'), numbered), 'a'),
  fault('an in-band error of words alone', 'provider-error', false, reply(say('a'), wordsOnly), 'a'),
  fault('a known event of another shape', 'response-malformed', true, misshapen('{"choices":"none"}')),
];
