import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createDataDirectory,
  type DispatchProcesses,
  eventually,
  startDispatch,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lookAt } from './__fixtures__/warming-client.ts';
import {
  FULL_MODEL,
  miss,
  PROMPT,
  pause,
  read,
  startWarmingProvider,
  WARM_MICROS,
  type WarmingProvider,
  written,
} from './__fixtures__/warming-provider.ts';

/** What reading the prompt saves against writing it, in millionths of a dollar. */
const SAVED = PROMPT * (3.75 - 0.3);
const LIFETIME_SECONDS = 6;
/** The prices that ship, with a lifetime a test can wait for. */
const prices = {
  asOf: '2026-01-02',
  source: 'a test',
  models: [
    {
      model: 'anthropic/*',
      ...{ input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 },
      ...{ lifetimeSeconds: LIFETIME_SECONDS, minimumPrefix: 1_024 },
    },
  ],
};

let provider: WarmingProvider;
let shipped: DispatchProcesses;
let short: DispatchProcesses;
const directory = createDataDirectory();
beforeAll(async () => {
  provider = await startWarmingProvider();
  const settings = { 'cache-warming': { prices } };
  writeFileSync(join(directory.path, 'dispatch.config.json'), JSON.stringify({ extensions: { settings } }));
  const { env } = provider;
  [shipped, short] = await Promise.all([
    startDispatch({ env }),
    startDispatch({ dataDir: directory.path, env }),
  ]);
});
afterAll(async () => {
  await Promise.all([shipped.stop(), short.stop()]);
  await provider.server.close();
  directory.remove();
});

const send = ({ httpUrl }: DispatchProcesses, id: string) =>
  streamChat(httpUrl, { conversationId: id, message: `I am ${id}.`, model: FULL_MODEL });

async function begin(dispatch: DispatchProcesses, id: string) {
  await send(dispatch, id);
  const client = await lookAt(dispatch.wsUrl, id);
  await client.act('set-interval', 1);
  return client;
}
const warms = (id: string) => provider.warmsOf(`I am ${id}.`).length;

it.concurrent('spent is what the provider billed, at the prices that ship', async () => {
  const client = await begin(shipped, 'spent');
  await client.act('toggle', true);
  const look = await eventually('two warms', () =>
    client.looks().find(({ money }) => Number(money['warms']) === 2),
  );
  expect(look.money).toMatchObject({
    spentMicros: 2 * WARM_MICROS,
    avoidedMicros: 0,
    unpricedWarms: 0,
    lifetimeSeconds: 300,
    prices: { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 },
  });
  expect([look.stat('Last Cache %'), look.stat('Cache retention')]).toEqual(['100%', '100%']);
  await client.act('toggle', false);
  client.close();
});

it.concurrent('two warms that find too little switch it off, with the reason, and none follows', async () => {
  provider.warms([miss], 'I am ineffective.');
  const client = await begin(shipped, 'ineffective');
  await client.act('toggle', true);
  const off = await client.until('off', ({ on }) => !on);
  expect(off.nextWarmAt).toBeNull();
  expect(off.stat('Next decision')).toMatch(/^Off: Two warms in a row found less than 90%/);
  expect(off.money).toMatchObject({ warms: 2 });
  await pause(2_300);
  expect(warms('ineffective')).toBe(2);
  client.close();
});

it.concurrent('a budget in money stops before the call that would cross it', async () => {
  const client = await begin(shipped, 'budget');
  // Two warms fit; with a third it would be 9,114 millionths.
  expect((await client.act('set-budget-money', 0.009)).type).toBe('ack');
  await client.act('toggle', true);
  const stopped = await client.until(
    'the stop',
    (look) => look.stat('Next decision')?.startsWith('Stopped: ') ?? false,
  );
  expect(stopped).toMatchObject({ on: true, nextWarmAt: null });
  expect(stopped.stat('Next decision')).toContain('the budget of $0.0090 would be crossed');
  await pause(1_500);
  expect(warms('budget')).toBe(2);
  expect(Number(client.last().money['spentMicros'])).toBeLessThanOrEqual(9_000);
  expect((await client.act('set-budget-money', 0)).type).toBe('ack');
  await eventually('warms to go on', () => warms('budget') > 2);
  await client.act('toggle', false);
  client.close();
});

it.concurrent('avoided is counted only for a turn that read from the cache past the moment it would have been gone', async () => {
  const client = await begin(short, 'avoided');
  expect(client.last().money['lifetimeSeconds'] ?? LIFETIME_SECONDS).toBe(LIFETIME_SECONDS);
  await client.act('toggle', true);
  const avoided = () => client.last().money['avoidedMicros'];
  const sealed = async () => {
    await send(short, 'avoided');
    await client.until('the schedule behind the turn', ({ nextWarmAt }) => nextWarmAt !== null);
    // What the seal changes is told behind it.
    await pause(300);
  };
  await eventually('a warm', () => warms('avoided') > 0);
  provider.turns(read, 'I am avoided.');
  // The cache would be there anyway.
  await sealed();
  expect(avoided()).toBe(0);
  await pause((LIFETIME_SECONDS + 1) * 1_000);
  expect(avoided()).toBe(0);
  await sealed();
  await eventually('it is counted', () => avoided() === SAVED);
  // Once: the next one comes soon.
  await sealed();
  expect(avoided()).toBe(SAVED);
  // A return that read nothing proves nothing.
  await pause((LIFETIME_SECONDS + 1) * 1_000);
  provider.turns(written, 'I am avoided.');
  await sealed();
  expect(avoided()).toBe(SAVED);
  expect(client.last().stat('Prices')).toContain('a test');
  await client.act('toggle', false);
  client.close();
});
