import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { ALONE, commitGroup } from './commit-group.ts';
import { connect, type Ending } from './connection.ts';

function open() {
  const database = new Database(':memory:');
  database.exec('create table row (id integer primary key)');
  const connection = connect(database);
  let commits = 0;
  const immediate: typeof connection.immediate = (work) => {
    commits += 1;
    return connection.immediate(work);
  };
  const insert =
    (id: number, keep = true) =>
    (): Ending<number> => {
      database.prepare('insert into row values (?)').run(id);
      return { keep, value: id };
    };
  const ids = () => database.prepare('select id from row order by id').pluck().all();
  return { join: commitGroup({ database, immediate }), insert, ids, commits: () => commits };
}

describe('a commit group', () => {
  it('stores what came in one moment in one transaction, each kept or not by itself', async () => {
    const { join, insert, ids, commits } = open();
    const outcomes = await Promise.all([join(insert(1)), join(insert(2, false)), join(insert(3))]);
    expect(outcomes).toEqual([1, 2, 3]);
    expect(ids()).toEqual([1, 3]);
    expect(commits()).toBe(1);
  });

  it('D4: stores nothing when one of them fails, and tells each to go alone', async () => {
    const { join, insert, ids } = open();
    const outcomes = await Promise.all([join(insert(1)), join(insert(1)), join(insert(2))]);
    expect(outcomes).toEqual([ALONE, ALONE, ALONE]);
    expect(ids()).toEqual([]);
  });

  it('leaves one that has no others alone', async () => {
    const { join, insert, commits } = open();
    expect(await join(insert(1))).toBe(ALONE);
    expect(commits()).toBe(0);
  });

  it('resolves nobody before the commit', async () => {
    const { join, insert } = open();
    let settled = false;
    const both = Promise.all([join(insert(1)), join(insert(2))]).then(() => {
      settled = true;
    });
    await Promise.resolve();
    expect(settled).toBe(false);
    await both;
  });
});
