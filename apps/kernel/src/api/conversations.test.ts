import { expect, it } from 'vitest';
import { ask } from '../__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';

it('L4: the list goes on behind the longest id there can be', async () => {
  const dataDir = temporaryDataDir();
  const kernel = await startTestKernel(dataDir);
  const list = async (query: string) => (await ask(dataDir, 'GET', `/conversations?limit=1${query}`)).body;
  // Characters outside the basic plane are two units of a string and four bytes each.
  const ids = ['🦀', '🦐'].map((character) => character.repeat(128));
  for (const id of ids) {
    const path = `/conversations/${encodeURIComponent(id)}/cwd`;
    expect((await ask(dataDir, 'PUT', path, { body: { cwd: '/srv' } })).status).toBe(200);
  }
  const first = await list('');
  const second = await list(`&cursor=${first.nextCursor}`);
  const seen = [first, second].flatMap(({ conversations }) => conversations ?? []);
  expect(seen.map(({ id }: { id: string }) => id).sort()).toEqual(ids);
  expect(second.nextCursor).toBeNull();
  await kernel.stop(0);
});
