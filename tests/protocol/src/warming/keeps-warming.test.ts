import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createDataDirectory,
  type DispatchProcesses,
  eventually,
  request,
  startDispatch,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lookAt } from './__fixtures__/warming-client.ts';
import {
  FULL_MODEL,
  pause,
  startWarmingProvider,
  type WarmingProvider,
} from './__fixtures__/warming-provider.ts';

const FOLDER = '/tmp/dispatch-warm-here';
const directory = createDataDirectory();
let provider: WarmingProvider;
let dispatch: DispatchProcesses;
beforeAll(async () => {
  provider = await startWarmingProvider();
  const paths = [fileURLToPath(new URL('./__fixtures__/by-folder.mjs', import.meta.url))];
  writeFileSync(join(directory.path, 'dispatch.config.json'), JSON.stringify({ extensions: { paths } }));
  dispatch = await startDispatch({ dataDir: directory.path, env: provider.env });
});
afterAll(async () => {
  await dispatch.stop();
  await provider.server.close();
  directory.remove();
});

/** A conversation that is kept warm each second, or as seldom as told, with nobody looking. */
async function warmed(id: string, more: object = {}, seconds = 1): Promise<void> {
  await streamChat(dispatch.httpUrl, {
    conversationId: id,
    message: `I am ${id}.`,
    model: FULL_MODEL,
    ...more,
  });
  const client = await lookAt(dispatch.wsUrl, id);
  expect((await client.act('set-interval', seconds)).type).toBe('ack');
  expect((await client.act('toggle', true)).type).toBe('ack');
  client.close();
}

const warms = (id: string) => provider.warmsOf(`I am ${id}.`).length;
const close = (id: string) => request(dispatch.httpUrl, 'POST', `/conversations/${id}/close`);

async function killBoth(): Promise<void> {
  await Promise.all([dispatch.kernel.kill(), dispatch.gateway.kill()]);
}

it('W7, W8, W6, W12: both processes are killed; what was on goes on as it was with nobody there, what was off or closed stays so', async () => {
  await warmed('stays', { cwd: FOLDER }, 2);
  await warmed('off');
  await warmed('closed');
  await warmed('closed-last');
  for (const id of ['stays', 'off', 'closed', 'closed-last']) {
    await eventually(`a warm of ${id}`, () => warms(id) > 0);
  }
  const client = await lookAt(dispatch.wsUrl, 'off');
  expect((await client.act('toggle', false)).type).toBe('ack');
  client.close();
  expect((await close('closed')).body).toMatchObject({ abortedTurn: false });
  // The last thing the backend does before it dies.
  expect((await close('closed-last')).status).toBe(200);
  await killBoth();
  const before = {
    off: warms('off'),
    closed: warms('closed'),
    last: warms('closed-last'),
    on: warms('stays'),
  };
  // Three warms are overdue by the time it is back: W12, one of them is made up for.
  await pause(6_400);
  await Promise.all([dispatch.startKernel(), dispatch.startGateway()]);
  await eventually('the first warm behind the restart', () => warms('stays') > before.on);
  await pause(500);
  expect(warms('stays')).toBe(before.on + 1);
  await eventually('two more', () => warms('stays') >= before.on + 3);

  const [first, ...rest] = provider.warmsOf('I am stays.').map(({ body }) => JSON.stringify(body));
  // Model, tools of the folder and prompt are the same as before.
  expect(first).toContain('"here-only"');
  expect(new Set(rest)).toEqual(new Set([first]));
  expect(JSON.stringify(provider.warmsOf('I am off.')[0]?.body)).not.toContain('"here-only"');
  expect({ off: warms('off'), closed: warms('closed'), last: warms('closed-last') }).toEqual({
    off: before.off,
    closed: before.closed,
    last: before.last,
  });
  for (const [id, on, seconds] of [
    ['stays', true, 2],
    ['off', false, 1],
    ['closed', false, 1],
    ['closed-last', false, 1],
  ] as const) {
    const late = await lookAt(dispatch.wsUrl, id);
    expect([id, late.last().on, late.last().seconds]).toEqual([id, on, seconds]);
    if (!on) expect(late.last().nextWarmAt).toBeNull();
    late.close();
  }
});

it('W6: a closed conversation takes a message and is not warmed; an opt-in behind it counts', async () => {
  const before = warms('closed');
  await streamChat(dispatch.httpUrl, { conversationId: 'closed', message: 'Again.', model: FULL_MODEL });
  await pause(1_500);
  expect(warms('closed')).toBe(before);
  const client = await lookAt(dispatch.wsUrl, 'closed');
  expect(client.last()).toMatchObject({ on: false, nextWarmAt: null });
  await client.act('toggle');
  await eventually('a warm', () => warms('closed') > before);
  await close('closed');
  client.close();
});

it('W8: a conversation whose model is gone behind a restart reads off, says why, and is not warmed', async () => {
  await warmed('lost');
  await eventually('a warm', () => warms('lost') > 0);
  await killBoth();
  await dispatch.startKernel({ ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: '' });
  await dispatch.startGateway();
  const before = warms('lost');
  const client = await lookAt(dispatch.wsUrl, 'lost');
  expect(client.last()).toMatchObject({ on: false, nextWarmAt: null });
  expect(client.last().stat('Next decision')).toContain('credential');
  await pause(1_500);
  expect(warms('lost')).toBe(before);
  client.close();
});
