import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createDataDirectory,
  type DispatchProcesses,
  type Frame,
  openSocket,
  request,
  startDispatch,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const fixtures = fileURLToPath(new URL('./__fixtures__', import.meta.url));
const hostile = readdirSync(fixtures).filter((name) => name.endsWith('.mjs') && name !== 'hostile.mjs');

let dispatch: DispatchProcesses;
const directory = createDataDirectory();
beforeAll(async () => {
  const paths = [
    ...hostile.map((name) => join(fixtures, name)),
    join(fixtures, 'nowhere'),
    join(fixtures, 'neighbour'),
  ];
  writeFileSync(join(directory.path, 'dispatch.config.json'), JSON.stringify({ extensions: { paths } }));
  dispatch = await startDispatch({ dataDir: directory.path });
}, 60_000);
afterAll(async () => {
  await dispatch.stop();
  directory.remove();
});

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of the surface `loaded-extensions` as it stands now, and its count. */
async function tables(): Promise<{ readonly count: string; readonly tables: readonly Table[] }> {
  const socket = await openSocket(dispatch.wsUrl);
  socket.send({ type: 'subscribe', surfaceId: 'loaded-extensions' });
  const { spec } = (await socket.frame('the surface', ({ type }) => type === 'surface')) as never as {
    spec: { fields: (Frame & { payload: Table; value: string })[] };
  };
  socket.close();
  return { count: spec.fields[0]?.value ?? '', tables: spec.fields.slice(1).map(({ payload }) => payload) };
}

describe('extensions that are broken on purpose', () => {
  it('are disabled, each with a reason people can read, and everything else boots', async () => {
    const { tables: all } = await tables();
    const disabled = all.find(({ columns }) => columns.includes('Reason'));
    const reasons = Object.fromEntries((disabled?.rows ?? []).map(([name, , reason]) => [name, reason]));
    expect(reasons).toEqual({
      throws: 'thrown on purpose',
      rejects: 'rejected on purpose',
      hangs: expect.stringMatching(/took longer than 10000 ms/),
      'tool-clock': expect.stringMatching(/already there/),
      'cycle-a': expect.stringMatching(/cycle-a → cycle-b → cycle-a/),
      'cycle-b': expect.stringMatching(/cycle-a → cycle-b → cycle-a/),
      needy: 'it depends on "throws", which is disabled',
      outdated: expect.stringMatching(/needs extension API \^99\.0\.0/),
      greedy: expect.stringMatching(/does not declare the capability "db"/),
      sneaky: expect.stringMatching(/adds tool "sneak", which its manifest does not list/),
      'claims-ours': expect.stringMatching(/is not below \/x\/claims-ours\//),
      nowhere: expect.stringMatching(/nothing at this path/),
      Bursts: expect.stringMatching(/an exception nobody catches/),
      Careless: expect.stringMatching(/it threw where nobody caught it: the commit is no value/),
      'stalls.mjs': expect.stringMatching(/cannot be loaded: it took longer than 10000 ms/),
    });
  });

  it('U5: the table has four columns and one row for each loaded extension of every tier, as many as the count', async () => {
    const { count, tables: all } = await tables();
    const [loaded] = all;
    expect(loaded?.columns).toEqual(['Name', 'Version', 'Trust', 'Activation']);
    expect(loaded?.rows).toHaveLength(Number(count));
    expect(loaded?.rows.every((row) => row.length === 4)).toBe(true);
    expect(loaded?.rows.every(([, version]) => version !== '0.0.0')).toBe(true);
    const names = loaded?.rows.map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining(['Anthropic', 'Demo models', 'Clock', 'Cache Warming', 'Neighbour', 'Leaks']),
    );
    expect(loaded?.rows.find(([name]) => name === 'Neighbour')).toEqual([
      'Neighbour',
      '1.2.3',
      'local',
      'eager',
    ]);
  });

  it('turns run although a filter hangs, a hook rejects and a listener answers nonsense', async () => {
    const { events } = await streamChat(dispatch.httpUrl, { message: 'words: 5', model: 'demo/fast' });
    expect(events.at(-1)?.event.type).toBe('turn-sealed');
    expect(events.filter(({ event }) => event.type === 'error')).toEqual([]);
  });

  it('U4: surfaces that throw, hang or give too much are an error each, without its words', async () => {
    const socket = await openSocket(dispatch.wsUrl);
    for (const surfaceId of ['leaks', 'stuck', 'huge']) {
      socket.send({ type: 'subscribe', surfaceId, id: surfaceId });
      const error = await socket.frame(surfaceId, (frame) => frame['id'] === surfaceId);
      expect(error).toMatchObject({ type: 'error', surfaceId, code: 'action-failed' });
      expect(JSON.stringify(error)).not.toMatch(/canary/);
    }
    socket.close();
  });

  it('keep the kernel neither from living nor from ending', async () => {
    expect((await request(dispatch.httpUrl, 'GET', '/readyz')).status).toBe(200);
    expect(dispatch.kernel.child.exitCode).toBeNull();
  });
});
