import { describe, expect, it } from 'vitest';
import { showVersion } from '../turn/settle-version.ts';
import { tamper } from './__fixtures__/tamper.ts';
import { openTestStore, sealTurn, startTurn, tempDir } from './__fixtures__/test-store.ts';
import { DamagedRowError } from './rows.ts';

/** c1 with two beats, c2 with one, the same ids nowhere; the first beat of c1 has two versions, and the second of them is shown. */
async function written() {
  const dataDir = tempDir();
  const store = await openTestStore(dataDir);
  for (const [id, turnId] of [
    ['c1', 't1'],
    ['c1', 't2'],
    ['c2', 'u1'],
  ] as const) {
    await startTurn(store, id, turnId);
    await sealTurn(store, id, turnId, [turnId]);
  }
  await store.commit({
    *plan(q) {
      const first = yield* q.turn('t1');
      if (first === undefined) throw new Error('there is no first turn');
      const place = { beatId: 't1', version: 2, parentId: null, supersededBy: 't1', regeneratedFrom: 't1' };
      yield* q.insertCopy({ ...first, id: 't1b' }, place);
      yield* showVersion(q, 'c1', yield* q.places.each('c1'), 't1b');
      return { result: null };
    },
  });
  return { dataDir, store };
}

describe('places of turns', () => {
  it('RG6: are those of one conversation, and nothing is asked where there are no versions', async () => {
    const { store } = await written();
    expect(
      (await store.read.places('c1'))?.map(({ turnId, supersededBy }) => [turnId, supersededBy]),
    ).toEqual([
      ['t1', 't1b'],
      ['t2', null],
      ['t1b', null],
    ]);
    expect(await store.read.places('c2')).toBeUndefined();
    expect(await store.read.eachPlace('c2')).toEqual([
      {
        turnId: 'u1',
        ordinal: 1,
        beatId: 'u1',
        version: 1,
        parentId: null,
        supersededBy: null,
        regeneratedFrom: null,
      },
    ]);
    expect(await store.read.eachPlace('c3')).toEqual([]);
  });

  it.each([
    [`update turn set beat_id = 't2' where id = 't1b'`],
    [`update turn set version = 7 where id = 't1b'`],
    [`update turn set parent_id = 't2' where id = 't1b'`],
    [`update turn set superseded_by = null where id = 't1'`],
    [`update turn set superseded_by = 't2' where id = 't1b'`],
    [`update turn set regenerated_from = 't2' where id = 't1b'`],
    [`update turn set place_checksum = 1 where id = 't1b'`],
    [`delete from turn where id = 't1b'`],
  ])('D9: %s is seen, and shows nothing that was not chosen', async (sql) => {
    const { dataDir, store } = await written();
    tamper(dataDir, sql);
    await expect(store.read.eachPlace('c1')).rejects.toThrow(DamagedRowError);
    expect(await store.read.eachPlace('c2')).toHaveLength(1);
    expect(await store.read.history('c1', { sinceSeq: 0 })).toHaveLength(2);
  });
});
