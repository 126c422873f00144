import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textChunk } from './__fixtures__/store-data.ts';
import { tamper as tamperWith } from './__fixtures__/tamper.ts';
import { openTestStore, startTurn, tempDir, writeTurn } from './__fixtures__/test-store.ts';
import { DamagedHistoryError } from './read-history.ts';
import { verifyChain } from './verify-chain.ts';

async function written() {
  const dataDir = tempDir();
  const store = await openTestStore(dataDir);
  await writeTurn(store, 'c1', 't1', ['one', 'two', 'three']);
  await writeTurn(store, 'c1', 't2', ['four', 'five']);
  await writeTurn(store, 'c2', 't3', ['other']);
  const tamper = (sql: string) => tamperWith(dataDir, sql);
  return { dataDir, store, tamper };
}

describe('Q3: stored chunks never change unnoticed', () => {
  it('Q3: a whole log verifies, while the store is open and after', async () => {
    const { dataDir, store } = await written();
    expect(verifyChain(dataDir, 'c1')).toEqual({ head: 5, damaged: [] });
    await store.close();
    expect(verifyChain(dataDir, 'c1')).toEqual({ head: 5, damaged: [] });
    expect(verifyChain(dataDir, 'unknown')).toEqual({ head: 0, damaged: [] });
  });

  it.each([
    [`body = replace(body, 'two', 'twO')`, [2]],
    [`body = substr(body, 1, 9)`, [2]],
    [`role = 'user'`, [2]],
    [`message_id = 'm'`, [2]],
    [`turn_id = 't3'`, [2]],
    [`step_id = 't1#0'`, [2]],
    [`created_at = created_at + 1`, [2]],
    // The next row hangs on this hash, so both stand out.
    [`hash = replace(hash, substr(hash, 1, 1), 'x')`, [2, 3]],
  ])('Q3: finds a row where %s', async (change, damaged) => {
    const { dataDir, store, tamper } = await written();
    tamper(`update chunk set ${change} where conversation_id = 'c1' and seq = 2`);
    expect(verifyChain(dataDir, 'c1')).toEqual({ head: 5, damaged });
    expect(verifyChain(dataDir, 'c2').damaged).toEqual([]);
    const failure = await store.read.history('c1', { sinceSeq: 0 }).catch((error: unknown) => error);
    if (!(failure instanceof DamagedHistoryError)) throw new Error('The read noticed nothing.');
    expect(failure.damaged).toEqual(damaged);
    expect(failure.readable.map(({ seq }) => seq)).toEqual(
      [1, 2, 3, 4, 5].filter((n) => !damaged.includes(n)),
    );
    expect(await store.read.history('c2', { sinceSeq: 0 })).toHaveLength(1);
  });

  it.each([
    [`delete from chunk where conversation_id = 'c1' and seq = 1`, [1]],
    [`delete from chunk where conversation_id = 'c1' and seq in (2, 3)`, [2, 3]],
    [`delete from chunk where conversation_id = 'c1' and seq > 3`, [4, 5]],
    // A head that lags behind its rows no longer tells whether there were more.
    [`update head set seq = 4 where stream = 'chunk:c1'`, [6]],
    [`update head set seq = 'x' where stream = 'chunk:c1'`, [6]],
    [`delete from head where stream = 'chunk:c1'`, [6]],
    [`update head set seq = 7 where stream = 'chunk:c1'`, [6, 7]],
  ])('Q3: finds what is missing after %s', async (sql, damaged) => {
    const { dataDir, tamper } = await written();
    tamper(sql);
    expect(verifyChain(dataDir, 'c1').damaged).toEqual(damaged);
  });

  it('Q3: a page that starts behind a missing chunk is whole itself', async () => {
    const { store, tamper } = await written();
    tamper(`delete from chunk where conversation_id = 'c1' and seq = 3`);
    expect(await store.read.history('c1', { sinceSeq: 3 })).toHaveLength(2);
    await expect(store.read.history('c1', { sinceSeq: 2 })).rejects.toThrow(DamagedHistoryError);
  });

  it('Q3: nothing is appended behind a log that lost its end', async () => {
    const { store, tamper } = await written();
    tamper(`delete from chunk where conversation_id = 'c1' and seq = 5`);
    await expect(writeTurn(store, 'c1', 't9', ['more'])).rejects.toThrow(/its log ends at 4/);
  });

  it('Q3: any text survives byte for byte and verifies', async () => {
    const dataDir = tempDir();
    const store = await openTestStore(dataDir);
    let turns = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 4 }),
        async (texts) => {
          const before = verifyChain(dataDir, 'c').head;
          await writeTurn(store, 'c', `t${turns++}`, texts);
          const read = await store.read.history('c', { sinceSeq: before });
          expect(read.map(({ chunk }) => chunk)).toEqual(texts.map(textChunk));
          expect(verifyChain(dataDir, 'c')).toEqual({ head: before + texts.length, damaged: [] });
        },
      ),
      { numRuns: 60 },
    );
  });
});

it('Q2: any chain of reads concatenates to the whole log', async () => {
  const store = await openTestStore();
  const lengths = [3, 1, 7, 2, 5, 1, 11];
  for (const [index, length] of lengths.entries()) {
    await writeTurn(
      store,
      'c1',
      `t${index}`,
      Array.from({ length }, (_, n) => `${index}.${n}`),
    );
  }
  await startTurn(store, 'c1', 'running');
  const whole = await store.read.history('c1', { sinceSeq: 0 });
  expect(whole.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 }),
      fc.boolean(),
      async (sizes, up) => {
        const pages: (typeof whole)[number][] = [];
        if (up) {
          // Upwards: read on from the last seq, cut where each window ends.
          for (const size of sizes) {
            const sinceSeq = pages.at(-1)?.seq ?? 0;
            pages.push(...(await store.read.history('c1', { sinceSeq, beforeSeq: sinceSeq + size + 1 })));
          }
          pages.push(...(await store.read.history('c1', { sinceSeq: pages.at(-1)?.seq ?? 0 })));
        } else {
          // Downwards: the newest page, then the one before it.
          for (const limit of [...sizes, 30]) {
            const beforeSeq = pages[0]?.seq;
            const page = await store.read.history('c1', {
              sinceSeq: 0,
              limit,
              ...(beforeSeq !== undefined && { beforeSeq }),
            });
            pages.unshift(...page);
          }
        }
        expect(pages).toEqual(whole);
      },
    ),
    { numRuns: 200 },
  );
});
