import type { JsonValue } from '@dispatch/extension-api';
import fc from 'fast-check';
import type { WarmResult } from './warming-world.ts';

/** Everything that can happen to a conversation's warming. */
export type Command =
  | { readonly do: 'toggle'; readonly payload: JsonValue | undefined }
  | { readonly do: 'interval'; readonly payload: JsonValue }
  | { readonly do: 'warm-now' }
  | { readonly do: 'start-turn' }
  | { readonly do: 'start-turn-untold' }
  | { readonly do: 'seal-turn'; readonly delivered: boolean; readonly reason: string }
  | { readonly do: 'deliver' }
  | { readonly do: 'repeat-event' }
  | { readonly do: 'end-warm'; readonly result: WarmResult }
  | { readonly do: 'close'; readonly delivered: boolean }
  | { readonly do: 'restart' }
  | { readonly do: 'jump'; readonly ms: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'subscribe' }
  | { readonly do: 'unsubscribe' };

const simple = <Name extends Command['do']>(name: Name) =>
  fc.constant({ do: name } as Extract<Command, { do: Name }>);

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('toggle' as const),
      payload: fc.constantFrom<JsonValue | undefined>(
        undefined,
        undefined,
        true,
        true,
        { value: true },
        false,
        { value: false },
        'true',
        null,
        1,
        {},
        { value: 'x' },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('interval' as const),
      payload: fc.constantFrom<JsonValue>(
        10,
        10,
        30,
        { value: 240 },
        0.2,
        3_300,
        0,
        -1,
        3_301,
        '10',
        null,
        {},
      ),
    }),
  },
  { weight: 1, arbitrary: simple('warm-now') },
  { weight: 3, arbitrary: simple('start-turn') },
  { weight: 1, arbitrary: simple('start-turn-untold') },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('seal-turn' as const),
      delivered: fc.boolean(),
      reason: fc.constantFrom('stop', 'error', 'aborted'),
    }),
  },
  { weight: 2, arbitrary: simple('deliver') },
  { weight: 1, arbitrary: simple('repeat-event') },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('end-warm' as const),
      result: fc.constantFrom<WarmResult>('ok', 'ok', 'fail', 'ineffective'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), delivered: fc.boolean() }) },
  { weight: 1, arbitrary: simple('restart') },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('jump' as const),
      ms: fc.constantFrom(-86_400_000, -3_600_000, -1_000, 1_000, 3_600_000, 86_400_000),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(500, 5_000, 10_000, 10_000, 30_000, 240_000, 3_300_000),
    }),
  },
  { weight: 1, arbitrary: simple('subscribe') },
  { weight: 1, arbitrary: simple('unsubscribe') },
);

/** Two of three conversations begin switched on, so that much is warmed. */
const beginnings = fc.constantFrom<readonly Command[]>(
  [],
  [
    { do: 'toggle', payload: true },
    { do: 'interval', payload: 10 },
  ],
  [
    { do: 'start-turn' },
    { do: 'seal-turn', delivered: true, reason: 'stop' },
    { do: 'interval', payload: 10 },
    { do: 'toggle', payload: undefined },
    { do: 'pass', ms: 10_000 },
  ],
);

/** Some of it, one after the other. */
export const commands: fc.Arbitrary<Command[]> = fc
  .tuple(beginnings, fc.array(command, { minLength: 5, maxLength: 40 }))
  .map(([beginning, rest]) => [...beginning, ...rest]);
