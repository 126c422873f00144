import { describe, expect, it } from 'vitest';
import { unfaithful } from './faithful.ts';
import type { IoRecord } from './io-log.ts';

const records: readonly IoRecord[] = [
  { kind: 'open', fd: 3, number: 0, data: Buffer.from('a') },
  { kind: 'write', fd: 3, number: 0, data: Buffer.from('1111') },
  { kind: 'write', fd: 3, number: 2, data: Buffer.from('2222') },
];
const found = (files: Record<string, string>) =>
  unfaithful({
    records,
    remains: [
      { records: 3, files: new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])) },
    ],
  }).length;

describe('a recording', () => {
  it('is whole when the files are what it says; the last change may be there, be missing, or be there in part', () => {
    expect(['112222', '1111', '1122', '11222'].map((a) => found({ a }))).toEqual([0, 0, 0, 0]);
  });

  it('is not whole otherwise', () => {
    expect(['111', '112223', '1122222', '1x2222'].map((a) => found({ a }))).toEqual([1, 1, 1, 1]);
    expect([found({}), found({ a: '1111', b: '' })]).toEqual([1, 1]);
  });
});
