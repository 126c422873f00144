import type { SurfaceField, SurfaceSpec } from '@dispatch/ui-contract';
import { surfaceSpecFixture } from '@dispatch/ui-contract/fixtures';
import { expect, it } from 'vitest';
import { acts, readAction } from './surface-action.ts';

const spec = (...fields: readonly SurfaceField[]): SurfaceSpec => ({ ...surfaceSpecFixture, fields });

it.each([
  ['Enabled=on', 'cache-warming/toggle', true, 'Enabled = on'],
  ['enabled=OFF', 'cache-warming/toggle', false, 'Enabled = off'],
  ['cache-warming/toggle=true', 'cache-warming/toggle', true, 'Enabled = on'],
  ['refresh-interval=10', 'cache-warming/set-interval', 10, 'Refresh Interval = 10 s'],
  ['Refresh Interval=1.5s', 'cache-warming/set-interval', 1.5, 'Refresh Interval = 1.5 s'],
  ['depth=low', 'thinking/set-depth', 'low', 'Depth = Low'],
  ['depth=HIGH', 'thinking/set-depth', 'high', 'Depth = High'],
  ['warm-now', 'cache-warming/warm', undefined, 'Warm now'],
])('reads %j', (wish, actionId, payload, text) => {
  const action = readAction(surfaceSpecFixture, wish);
  expect(action).toEqual({ actionId, text, ...(payload === undefined ? {} : { payload }) });
  expect('payload' in action).toBe(payload !== undefined);
});

it.each([
  ['enabled', 'Enabled is on or off: enabled=on'],
  ['enabled=maybe', 'Enabled is on or off'],
  ['refresh-interval', 'takes a number: refresh-interval=240'],
  ['refresh-interval=soon', 'takes a number'],
  ['depth=middle', 'Depth has no choice "middle"'],
  ['warm-now=1', 'is a button and takes no value'],
  ['last-cache-%=1', 'has nothing called "last-cache-%" to act on'],
  ['', 'has nothing called "" to act on'],
])('refuses %j before anybody is asked', (wish, message) => {
  expect(() => readAction(surfaceSpecFixture, wish)).toThrow(message);
  expect(() => readAction(surfaceSpecFixture, wish)).toThrow(
    expect.objectContaining({ code: 'usage', exitCode: 2 }),
  );
});

it('says what there is to act on', () => {
  expect(acts(surfaceSpecFixture)).toEqual([
    'enabled=on',
    'depth=low|high',
    'refresh-interval=<s>',
    'warm-now',
  ]);
  expect(() => readAction(surfaceSpecFixture, 'nope')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('enabled=on, depth=low|high') }),
  );
});

it('finds fields by id, by labels that hold an equals sign, and never guesses between two', () => {
  const button = (label: string, actionId: string, id?: string): SurfaceField => ({
    kind: 'button',
    label,
    action: { actionId },
    ...(id === undefined ? {} : { id }),
  });
  const two = spec(button('Go', 'a/one', 'first'), button('go', 'a/two'), button('x=y', 'a/three'));
  expect(readAction(two, 'first').actionId).toBe('a/one');
  expect(readAction(two, 'x=y').actionId).toBe('a/three');
  expect(() => readAction(two, 'go')).toThrow(expect.objectContaining({ hint: 'Say which: a/one, a/two' }));
});
