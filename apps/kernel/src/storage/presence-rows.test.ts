import { expect, it } from 'vitest';
import { tamper } from './__fixtures__/tamper.ts';
import { openTestStore, tempDir } from './__fixtures__/test-store.ts';

it('D9: a row of presence that nobody can have set is as good as none', async () => {
  const dataDir = tempDir();
  const store = await openTestStore(dataDir);
  for (const userId of ['ada', 'bob']) {
    await store.commit({
      *plan(q) {
        yield* q.putStatusText(userId, 'Here', 5);
        return { result: null };
      },
    });
  }
  const bob = { userId: 'bob', statusText: 'Here', lastSeenAt: 5, toldOnline: false };
  expect(await store.read.presence()).toHaveLength(2);
  for (const [column, value] of [
    ['status_text', `'${'x'.repeat(101)}'`],
    ['status_text', "x'00'"],
    ['last_seen_at', '1.5'],
  ]) {
    tamper(dataDir, `update presence set ${column} = ${value} where user_id = 'ada'`);
    expect(await store.read.presence(), `${column} ${value}`).toEqual([bob]);
  }
});
