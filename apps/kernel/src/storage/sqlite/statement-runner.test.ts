import Database from 'better-sqlite3';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../ports.ts';
import { meta } from '../schema.ts';
import { build, changing, reading, slot, slots } from '../statements.ts';
import { connect } from './connection.ts';

const put = changing(build.insert(meta).values(slots({ key: '', value: '' })));
const get = reading(
  build
    .select()
    .from(meta)
    .where(eq(meta.key, slot('key'))),
);

describe('statements of fixed shape', () => {
  it('are filled anew each time, whatever the values hold', () => {
    const database = new Database(':memory:');
    database.exec('create table meta (key text primary key, value text not null)');
    const { drive } = connect(database);
    drive(put({ key: 'a', value: "'; drop table meta; --" }));
    drive(put({ key: 'b', value: '日本' }));
    expect(drive(get({ key: 'a' }))).toEqual([{ key: 'a', value: "'; drop table meta; --" }]);
    expect(drive(get({ key: 'b' }))).toEqual([{ key: 'b', value: '日本' }]);
    expect(drive(get({ key: 'c' }))).toEqual([]);
  });

  it('refuse to run with an empty slot, and anything that is no statement', () => {
    const database = new Database(':memory:');
    database.exec('create table meta (key text primary key, value text)');
    const { drive } = connect(database);
    expect(() => drive(put({ key: 'a' }))).toThrow('value');
    expect(() =>
      drive(
        (function* (): Step<void> {
          yield { sql: 'select 1' };
        })(),
      ),
    ).toThrow(TypeError);
    expect(drive(get({ key: 'a' }))).toEqual([]);
  });
});
