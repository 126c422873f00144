import { cacheWarmingSpecFixture, cacheWarmingTimerFixtures } from '@dispatch/surface-cache-warming/fixtures';
import { messageQueuePayloadFixtures } from '@dispatch/surface-message-queue/fixtures';
import type { SurfaceField, SurfaceSpec } from '@dispatch/ui-contract';
import {
  surfaceSpecFixture,
  tablePayloadFixture,
  timerPayloadFixtures,
} from '@dispatch/ui-contract/fixtures';
import { expect, it } from 'vitest';
import { createStyle } from '../style.ts';
import type { SurfaceView } from './layout.ts';
import { surfaceLines } from './surface-lines.ts';

/** The timers of the fixtures have 48 s to go. */
const NOW = 1_795_599_952_000;
const plain: SurfaceView = { now: NOW, width: undefined, style: createStyle(false) };

const spec = (...fields: readonly SurfaceField[]): SurfaceSpec => ({ ...surfaceSpecFixture, fields });
const custom = (rendererId: string, payload: unknown): SurfaceField => ({
  kind: 'custom',
  rendererId,
  payload,
});
const action = { actionId: 'x/y' };

it('shows every kind of field, values below each other', () => {
  expect(surfaceLines(surfaceSpecFixture, plain)).toEqual([
    'Cache Warming',
    'Enabled           ○ off',
    'Indexed           ████████░░░░░░░░░░░░ 40%',
    'Depth             Low  [High]',
    'Last Cache %      —',
    'Refresh Interval  240 s  (from 1)',
    '[ Warm now ]',
    '',
    'Name        Version',
    'tool-clock  0.1.0',
  ]);
});

it('tells limits, units and choices as they are', () => {
  const number = { kind: 'number', label: 'N', value: 5, action } as const;
  const options = [{ value: 'a', label: 'A' }];
  expect(
    surfaceLines(
      spec(
        { ...number, max: 9, unit: '%' },
        { ...number, min: 0, max: 9, unit: '$' },
        number,
        { kind: 'selector', label: 'S', value: 'gone', options, action },
        { kind: 'toggle', label: 'T', value: true, action },
        { kind: 'progress', label: 'P', value: 7 },
      ),
      plain,
    ).slice(1),
  ).toEqual([
    'N  5%  (up to 9)',
    'N  $5  (0 to 9)',
    'N  5',
    'S  [gone]  A',
    'T  ● on',
    `P  ${'█'.repeat(20)} 100%`,
  ]);
});

it('counts timers by the clock it is given, and says why there is none', () => {
  const timers = [
    custom('timer', timerPayloadFixtures.running),
    custom('timer', timerPayloadFixtures.resting),
    custom('cache-warming-timer', cacheWarmingTimerFixtures.running),
    custom('cache-warming-timer', cacheWarmingTimerFixtures.resting),
  ];
  expect(surfaceLines(spec(...timers), plain).slice(1)).toEqual([
    'Next check  in 0:48 · 3:12 gone',
    'Next check  not planned · A turn is running.',
    'Next warm   in 0:48 · last 3:12 ago',
    'Next warm   not planned',
  ]);
  const late = surfaceLines(spec(...timers), { ...plain, now: NOW + 60_000 });
  expect(late[1]).toContain('due now, waiting for confirmation');
  expect(late[3]).toContain('due now, waiting for confirmation');
});

it('tells quietly of renderers and payloads it cannot show, and leaves out kinds of the future', () => {
  const future = { kind: 'hologram', label: 'x' } as unknown as SurfaceField;
  expect(
    surfaceLines(
      spec(
        custom('cache-warming-economics', {}),
        custom('table', 'no table'),
        custom('series', { label: 'x', points: [null] }),
        future,
      ),
      plain,
    ).slice(1),
  ).toEqual([
    '(cache-warming-economics: not shown in a terminal)',
    '(table: its data cannot be read)',
    '(series: its data cannot be read)',
  ]);
  expect(surfaceLines(spec(), plain).slice(1)).toEqual(['(nothing to show)']);
});

it('stays within the width, with what is too long below its beginning', () => {
  const value = 'Warms, because it is on and no budget stands against it.';
  const label = 'A label that is longer than its column may ever become';
  const lines = surfaceLines(
    spec(
      { kind: 'stat', label: 'Next decision', value },
      { kind: 'stat', label: 'Word', value: 'x'.repeat(30) },
      { kind: 'stat', label, value: '1' },
    ),
    { ...plain, width: 54 },
  );
  expect(lines.slice(1)).toEqual([
    'Next decision                 Warms, because it is on',
    '                              and no budget stands',
    '                              against it.',
    'Word                          xxxxxxxxxxxxxxxxxxxxxxxx',
    '                              xxxxxx',
    label,
    '                              1',
  ]);
});

it('aligns the cells of a table, figures to the right, and breaks what has no room', () => {
  expect(surfaceLines(spec(custom('table', tablePayloadFixture)), plain).slice(2)).toEqual([
    'Name          Calls  Read only',
    'current-time     12  yes',
    'roll              0  no',
  ]);
  const payload = {
    columns: ['Name', 'Reason'],
    rows: [['Weather', 'It is written for another version.'], ['B']],
  };
  expect(surfaceLines(spec(custom('table', payload)), { ...plain, width: 30 }).slice(2)).toEqual([
    'Name     Reason',
    'Weather  It is written for',
    '         another version.',
    'B',
  ]);
  const none = { columns: ['Name'], rows: [] };
  const after = { kind: 'stat', label: 'After', value: '1' } as const;
  expect(surfaceLines(spec(custom('table', none), after), plain).slice(1)).toEqual([
    '',
    'Name',
    '(no rows)',
    '',
    'After  1',
  ]);
});

it('ST2: shows what waits as a table', () => {
  const { held } = messageQueuePayloadFixtures;
  expect(surfaceLines(spec(custom('message-queue', held)), plain).slice(2)).toEqual([
    'Mode   Message            Id',
    'steer  In Tokyo, please.  qmg_01jd5q8z3vdddddddddddddddd',
    'queue  And then           qmg_01jd5q8z3veeeeeeeeeeeeeeee',
  ]);
});

it('lets nothing steer the terminal, and no text break a row', () => {
  const evil = 'a\u001b[2J\nb';
  const lines = surfaceLines(
    {
      ...spec(
        { kind: 'stat', label: evil, value: evil },
        custom('table', { columns: [evil], rows: [[evil]] }),
      ),
      title: evil,
    },
    { ...plain, style: createStyle(false) },
  );
  expect(lines).toEqual(['a[2J b', 'a[2J b  a[2J b', '', 'a[2J b', 'a[2J b']);
});

it('the surface of cache warming, as a person sees it', () => {
  expect(surfaceLines(cacheWarmingSpecFixture, { ...plain, width: 60 })).toEqual([
    'Cache Warming',
    'Enabled           ● on',
    'Refresh Interval  240 s  (1 to 3300)',
    'Last Cache %      92%',
    'Cache retention   99%',
    'Next warm         in 0:48 · last 3:12 ago',
    'Spent so far      $0.0310',
    '(cache-warming-economics: not shown in a terminal)',
    '[ Warm now ]',
  ]);
});

it('aligns what takes two columns a character, or none', () => {
  const rows = [
    { kind: 'stat', label: '\u65e5\u672c\u8a9e', value: '1' },
    {
      kind: 'stat',
      label: 'e\u0301te\u0301',
      value: '\u{1f525}\u{1f525}\u{1f525} \u65e5\u672c\u8a9e\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e',
    },
  ] as const;
  expect(surfaceLines(spec(...rows), { ...plain, width: 24 }).slice(1)).toEqual([
    '\u65e5\u672c\u8a9e  1',
    'e\u0301te\u0301     \u{1f525}\u{1f525}\u{1f525}',
    '        \u65e5\u672c\u8a9e\u65e5\u672c\u8a9e\u65e5\u672c',
    '        \u8a9e',
  ]);
});
