import type { ExtensionHost } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { activateAll, extension } from './__fixtures__/activate.ts';

const db = { capabilities: { db: true } };

describe('what crosses the boundary', () => {
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  it.each<[string, unknown]>([
    ['a function', () => 1],
    ['a cycle', loop],
    ['a number that is none', { a: Number.NaN }],
    ['a map', new Map()],
    ['a bigint', 1n],
    ['more than a mebibyte', 'x'.repeat(1_100_000)],
  ])('%s is refused, and nothing is written', async (_, value) => {
    let host: ExtensionHost | undefined;
    const { store } = await activateAll([
      extension(
        'writer',
        (one) => {
          host = one;
        },
        db,
      ),
    ]);
    const put = [
      { key: 'good', value: 1 },
      { key: 'bad', value: value as never },
    ];
    await expect(host?.commit({ put })).rejects.toMatchObject({ name: 'HostError', code: 'invalid' });
    expect(await store.rows('writer', '', { limit: 10 })).toEqual([]);
  });

  it('events its manifest does not list, and keys nobody could read, are refused', async () => {
    let host: ExtensionHost | undefined;
    await activateAll([
      extension(
        'writer',
        (one) => {
          host = one;
        },
        { ...db, contributes: { events: ['writer.wrote'] } },
      ),
    ]);
    const refused = expect.objectContaining({ code: 'invalid' });
    await expect(host?.commit({ events: [{ name: 'turn.sealed', payload: {} }] })).rejects.toEqual(refused);
    for (const key of ['a\nb', '', 'a\ud800', 'k'.repeat(513)]) {
      await expect(host?.commit({ put: [{ key, value: 1 }] })).rejects.toEqual(refused);
    }
    await expect(host?.commit({ timers: { set: [{ key: 'a', afterMs: Number.NaN }] } })).rejects.toEqual(
      refused,
    );
    await expect(host?.commit({ events: [{ name: 'writer.wrote', payload: {} }] })).resolves.toBe(
      'committed',
    );
  });

  it('a call behind the end is refused', async () => {
    let host: ExtensionHost | undefined;
    const { stop } = await activateAll([
      extension(
        'writer',
        (one) => {
          host = one;
        },
        db,
      ),
    ]);
    await stop();
    await expect(host?.commit({})).rejects.toMatchObject({ code: 'ended' });
  });
});
