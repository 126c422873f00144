import { type DispatchProcesses, eventually, request, startDispatch } from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

const ask = (method: string, path: string, body?: unknown) => request(dispatch.httpUrl, method, path, body);
const ready = () =>
  eventually('the kernel is reached', async () => (await ask('GET', '/readyz')).status === 200);

interface Row {
  readonly role: string;
  readonly chunk: { readonly text?: string };
}

/** The person's words in the log, and those that wait. */
async function wordsOf(conversationId: string) {
  const path = `/conversations/${conversationId}`;
  const { chunks } = (await ask('GET', path)).body as { chunks: readonly Row[] };
  const said = chunks.filter(({ role }) => role === 'user' || role === 'system');
  const queue = (await ask('GET', `${path}/queue`)).body;
  const waiting: readonly string[] = queue.messages.map(({ text }: { text: string }) => text);
  return { said: said.map(({ chunk }) => chunk.text), waiting, held: queue.held };
}

/** Three seconds of an answer: it has to run still when the next message comes. */
const LONG = 'words: 120';

/** The kernel starts so that it dies at a place, is spoken to, dies, and starts again. */
async function dieAt(place: string, mode: 'steer' | 'queue'): Promise<string> {
  await dispatch.kernel.kill('SIGTERM');
  await dispatch.startKernel({ DISPATCH_CRASH_AT: place });
  await ready();
  const conversationId = crypto.randomUUID();
  const path = `/conversations/${conversationId}/queue`;
  await ask('POST', path, { message: LONG, model: 'demo/writer' });
  const queued = await ask('POST', path, { message: 'words: 3', mode });
  expect(queued.body.outcome).toBe('queued');
  const { signal } = await dispatch.kernel.exited;
  expect(signal).toBe('SIGKILL');
  await dispatch.startKernel();
  await ready();
  return conversationId;
}

describe('ST2: a kernel that dies while a message is on its way', () => {
  it.each([
    ['before-steering', ['words: 3']],
    ['after-steering', []],
  ] as const)(
    'at %s: the message waits or the turn has it, never both, never neither',
    async (place, waits) => {
      const id = await dieAt(place, 'steer');
      const { said, waiting, held } = await wordsOf(id);
      expect(waiting).toEqual(waits);
      expect([...said, ...waiting]).toEqual([LONG, 'words: 3']);
      expect(held).toBe(waits.length > 0);
      const { turns } = (await ask('GET', `/conversations/${id}/metrics`)).body;
      expect(turns).toMatchObject([{ reason: 'interrupted' }]);
    },
  );

  it.each([
    ['before-next', ['words: 3'], ['stop']],
    ['after-next', [], ['stop', 'interrupted']],
  ] as const)('at %s: it is held, or its turn was admitted', async (place, waits, reasons) => {
    const id = await dieAt(place, 'queue');
    const { said, waiting, held } = await wordsOf(id);
    expect(waiting).toEqual(waits);
    expect([...said, ...waiting]).toEqual([LONG, 'words: 3']);
    expect(held).toBe(waits.length > 0);
    const { turns } = (await ask('GET', `/conversations/${id}/metrics`)).body;
    expect(turns.map(({ reason }: { reason: string }) => reason)).toEqual(reasons);
  });

  it('what is held behind a restart goes on when the person sends', async () => {
    const id = await dieAt('before-next', 'queue');
    await ask('POST', `/conversations/${id}/queue`, { message: 'words: 2', model: 'demo/fast' });
    await eventually('nothing waits', async () => (await wordsOf(id)).waiting.length === 0);
    await eventually(
      'all is said',
      async () => JSON.stringify((await wordsOf(id)).said) === JSON.stringify([LONG, 'words: 2', 'words: 3']),
    );
  });
});
