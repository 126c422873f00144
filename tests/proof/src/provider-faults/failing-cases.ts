import {
  endHere,
  fail,
  failInBand,
  type ModelFormat,
  modelFaults,
  refuse,
  reply,
  say,
} from '@dispatch/testkit';
import type { FaultCase } from './fault-case.ts';

/** Longest wait a provider can ask for in the installation these are played in. */
export const RETRY_AFTER_CAP_MS = 1_500;

/** Requests that fail: for good, for a while, or until another model is asked. */
export function failingCases(format: ModelFormat): readonly FaultCase[] {
  const well = reply(say('Here I am.'));
  const answered = { reason: 'stop', text: 'Here I am.' } as const;
  const date = (seconds: number) => new Date(Date.UTC(2030, 0, 1) + seconds * 1_000).toUTCString();
  const dated = fail(429, { retryAfter: date(61), headers: { date: date(60) } });
  const broken = { 'content-encoding': 'gzip', 'content-type': 'text/event-stream' };
  const rows: readonly Omit<FaultCase, 'format'>[] = [
    ...modelFaults(format)
      // It is a flood, and floods are measured.
      .filter(({ name }) => name !== 'a line without end')
      .map(({ name, code, retryable, text, reply: scripted }) => ({
        name,
        replies: [scripted] as const,
        expected: { reason: 'error', code, text, ...(retryable ? {} : { requests: 1 }) },
      })),
    {
      name: '429 with seconds to wait',
      replies: [fail(429, { retryAfter: 1 }), fail(429, { retryAfter: 1 }), well],
      expected: { ...answered, requests: 3, delays: [1_000, 1_000] },
    },
    {
      name: '429 with a date to wait for',
      replies: [dated, well],
      expected: { ...answered, requests: 2, delays: [1_000] },
    },
    {
      name: '529 that asks for an hour',
      replies: [fail(529, { retryAfter: 3_600 }), well],
      expected: { ...answered, requests: 2, delays: [RETRY_AFTER_CAP_MS] },
    },
    {
      name: 'two failures, then an answer',
      replies: [fail(500), refuse(), well],
      expected: { ...answered, requests: 3 },
    },
    {
      name: 'an in-band failure, an empty stream, then an answer',
      replies: [reply(failInBand(529)), reply(endHere()), well],
      expected: { ...answered, requests: 3 },
    },
    {
      name: 'three failures, of which the last one counts',
      replies: [fail(529), fail(500), fail(429)],
      expected: { reason: 'error', code: 'rate-limited', requests: 3 },
    },
    {
      name: 'a failure that passes, then one that does not',
      replies: [fail(503), fail(401), well],
      expected: { reason: 'error', code: 'authentication-failed', requests: 2 },
    },
    {
      name: 'a body that is not packed as it says',
      replies: [fail(200, { headers: broken, body: 'not packed' })],
      expected: { reason: 'error', code: 'response-truncated', text: '' },
    },
    {
      name: 'headers without end',
      replies: [fail(200, { headers: { 'x-much': 'x'.repeat(40_000) } })],
      expected: { reason: 'error', code: 'provider-unavailable', text: '' },
    },
    {
      name: '204',
      replies: [fail(204, { body: '' })],
      expected: { reason: 'error', code: 'response-malformed' },
    },
    {
      name: '304',
      replies: [fail(304, { body: '' })],
      expected: { reason: 'error', code: 'request-rejected', requests: 1 },
    },
    {
      name: '599',
      replies: [fail(599)],
      expected: { reason: 'error', code: 'provider-unavailable', text: '' },
    },
    {
      name: 'a server that is not there',
      replies: [well],
      model: `gone-${format}/any`,
      expected: { reason: 'error', code: 'provider-unavailable', requests: 0 },
    },
  ];
  return rows.map((row) => ({ ...row, format }));
}
