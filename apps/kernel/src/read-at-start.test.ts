import { expect, it } from 'vitest';
import type { Log } from './ports.ts';
import { readAtStart } from './read-at-start.ts';
import { DamagedRowError } from './storage/rows.ts';

it('D9: a broken page costs what lies on it, and is told; any other failure ends the start', async () => {
  const told: string[] = [];
  const log: Log = { info: () => undefined, warn: () => undefined, error: (_, text) => void told.push(text) };
  expect(await readAtStart(log, 'texts', async () => ['a'], [])).toEqual(['a']);
  expect(told).toEqual([]);
  const damaged = () => Promise.reject(new DamagedRowError('database disk image is malformed'));
  expect(await readAtStart(log, 'texts', damaged, [])).toEqual([]);
  expect(told).toEqual(['texts cannot be read: starting without']);
  await expect(readAtStart(log, 'texts', () => Promise.reject(new Error('other')), [])).rejects.toThrow(
    'other',
  );
});
