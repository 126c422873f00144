import { endlessRaw, fail, giantLine, type ModelFormat, raw, reply, say } from '@dispatch/testkit';
import type { FaultCase } from './fault-case.ts';
import { argumentsDelta, blockStart, callStart, textDelta, thinkingDelta, wholeCall } from './raw-events.ts';

/** Ceiling of stored characters in the installation these are played in. */
export const FLOOD_CHARACTERS = 4_000_000;

const MIB = 2 ** 20;
const TOOL = 'current-time';

/** Providers that send far more than anybody wants. What the kernel holds of it is measured. */
export function floodCases(format: ModelFormat): readonly FaultCase[] {
  const tooMuch = { reason: 'max-bytes', requests: 1 } as const;
  const unreadable = { reason: 'error', code: 'response-malformed' } as const;
  const endless = (once: string, again: string) => reply(raw(once), endlessRaw(again));
  const words = 'word '.repeat(200);
  const numbers = `[${'1,'.repeat(500)}`;
  const rows: readonly Omit<FaultCase, 'format'>[] = [
    {
      name: 'a line of 100 MB',
      replies: [reply(giantLine(100 * MIB))],
      expected: { ...unreadable, text: '' },
    },
    {
      name: 'a line of 100 MB after text',
      replies: [reply(say('Half'), giantLine(100 * MIB))],
      expected: { ...unreadable, text: 'Half' },
    },
    {
      name: 'an event of short lines without end',
      replies: [reply(say('Half'), endlessRaw(`data: ${'x'.repeat(90)}\n`.repeat(1_000)))],
      expected: { ...unreadable, text: 'Half' },
    },
    {
      name: 'text without end',
      replies: [endless(blockStart(format, 'text'), textDelta(format, words))],
      expected: tooMuch,
    },
    {
      name: 'reasoning without end',
      replies: [endless(blockStart(format, 'thinking'), thinkingDelta(format, words))],
      expected: tooMuch,
    },
    {
      name: 'arguments without end',
      replies: [endless(callStart(format, TOOL), argumentsDelta(format, numbers))],
      expected: tooMuch,
    },
    {
      name: 'calls without end',
      replies: [endless('', wholeCall(format, TOOL).repeat(100))],
      expected: { reason: 'tool-calls', requests: 1 },
    },
    {
      name: 'comments without end, as fast as they can',
      replies: [reply(say('Half'), endlessRaw(`: ${'still here '.repeat(1_000)}\n\n`.repeat(10)))],
      expected: {
        reason: 'error',
        code: ['response-malformed', 'provider-stalled'],
        text: 'Half',
        requests: 1,
      },
    },
    {
      name: 'an error of 50 MB',
      replies: [fail(500, { body: 'x'.repeat(50 * MIB) })],
      expected: { reason: 'error', code: 'provider-unavailable', text: '' },
    },
    ...(format === 'openai'
      ? [
          {
            name: 'arguments of a call without a name, without end',
            replies: [endless('', argumentsDelta(format, numbers.repeat(50)))] as const,
            expected: { ...unreadable, text: '', requests: 1 },
          },
        ]
      : []),
  ];
  return rows.map((row) => ({ ...row, format }));
}
