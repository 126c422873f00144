import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { twiceOnReadError } from './twice-on-read-error.ts';

const failing = (times: number, code: string) => {
  let calls = 0;
  const work = () => {
    calls += 1;
    if (calls <= times) throw new Database.SqliteError('from the disk', code);
    return 'read';
  };
  return { work, calls: () => calls };
};

describe('a read the disk failed', () => {
  it.each(['SQLITE_CORRUPT', 'SQLITE_IOERR_READ', 'SQLITE_IOERR_CORRUPTFS', 'SQLITE_NOTADB'])(
    'D7: %s is tried once more, and no oftener',
    (code) => {
      expect(twiceOnReadError(failing(1, code).work)).toBe('read');
      const { work, calls } = failing(9, code);
      expect(() => twiceOnReadError(work)).toThrow('from the disk');
      expect(calls()).toBe(2);
    },
  );

  it.each(['SQLITE_IOERR_FSYNC', 'SQLITE_IOERR_WRITE', 'SQLITE_FULL', 'SQLITE_BUSY', 'SQLITE_CONSTRAINT'])(
    '%s is not',
    (code) => {
      const { work, calls } = failing(1, code);
      expect(() => twiceOnReadError(work)).toThrow('from the disk');
      expect(calls()).toBe(1);
    },
  );
});
