import {
  comment,
  endless,
  endlessRaw,
  type ModelFormat,
  raw,
  reply,
  say,
  silence,
  stallHere,
  think,
} from '@dispatch/testkit';
import type { FaultCase } from './fault-case.ts';

/** How patient the installation is these are played in. */
export const IMPATIENCE = { firstByteMs: 5_000, idleMs: 3_000, durationMs: 20_000, retryBaseMs: 20 } as const;

/** Providers that go silent, or talk without saying anything. */
export function hangingCases(format: ModelFormat): readonly FaultCase[] {
  const stalled = { reason: 'error', code: 'provider-stalled' } as const;
  const ping =
    format === 'anthropic'
      ? 'event: ping\ndata: {"type": "ping"}\n\n'
      : 'data: {"choices":[{"delta":{"content":""}}]}\n\n';
  const rows: readonly Omit<FaultCase, 'format'>[] = [
    { name: 'no answer', replies: [silence()], expected: { ...stalled, text: '' } },
    { name: 'no event', replies: [reply(stallHere())], expected: { ...stalled, text: '' } },
    {
      name: 'silence after text',
      replies: [reply(say('Half'), stallHere())],
      expected: { ...stalled, text: 'Half' },
    },
    {
      name: 'silence after thinking',
      replies: [reply(think('hm'), stallHere())],
      expected: { ...stalled, text: '' },
    },
    {
      name: 'silence within an event',
      replies: [reply(say('Half'), raw('data: {"ty'), stallHere())],
      expected: { ...stalled, text: 'Half' },
    },
    {
      name: 'comments without end',
      replies: [reply(comment(), endlessRaw(': still here\n\n', 50))],
      expected: { ...stalled, text: '' },
    },
    {
      name: 'silence, then an answer',
      replies: [silence(), reply(stallHere()), reply(say('There.'))],
      expected: { reason: 'stop', text: 'There.', requests: 3 },
    },
    {
      name: 'events that say nothing, without end',
      replies: [reply(say('Half'), endlessRaw(ping, 50))],
      expected: { reason: 'max-duration', text: 'Half', requests: 1 },
    },
  ];
  return rows.map((row) => ({ ...row, format }));
}

/** The same and others, with a person who stops the turn. */
export function stoppedCases(format: ModelFormat): readonly FaultCase[] {
  const aborted = { reason: 'aborted', requests: 1 } as const;
  const rows: readonly Omit<FaultCase, 'format'>[] = [
    { name: 'stopped: no answer', replies: [silence()], expected: { ...aborted, text: '' }, stop: 'asked' },
    {
      name: 'stopped: no event',
      replies: [reply(stallHere())],
      expected: { ...aborted, text: '' },
      stop: 'asked',
    },
    {
      name: 'stopped: silence after text',
      replies: [reply(say('Half'), stallHere())],
      expected: { ...aborted, text: 'Half' },
      stop: 'shown',
    },
    {
      name: 'stopped: silence within an event',
      replies: [reply(say('Half'), raw('data: {"ty'), stallHere())],
      expected: { ...aborted, text: 'Half' },
      stop: 'shown',
    },
    {
      name: 'stopped: text without end',
      replies: [reply(endless('more ', 1))],
      expected: aborted,
      stop: 'shown',
    },
  ];
  return rows.map((row) => ({ ...row, format }));
}
