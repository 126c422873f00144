import { fail, reply, say, silence } from '@dispatch/testkit';
import {
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
  hit,
  pause,
  startWarmingProvider,
  type WarmingProvider,
} from './__fixtures__/warming-provider.ts';

let provider: WarmingProvider;
let dispatch: DispatchProcesses;
beforeAll(async () => {
  provider = await startWarmingProvider();
  dispatch = await startDispatch({ env: provider.env });
});
afterAll(async () => {
  await dispatch.stop();
  await provider.server.close();
});

async function warmed(id: string) {
  await streamChat(dispatch.httpUrl, { conversationId: id, message: `I am ${id}.`, model: FULL_MODEL });
  const client = await lookAt(dispatch.wsUrl, id);
  await client.act('set-interval', 1);
  await client.act('toggle', true);
  return client;
}

it.concurrent('W9: 529, 429 and 500 are shown, tried again later and later, and forgotten with the first that goes well', async () => {
  provider.warms([fail(529), fail(429, { retryAfter: 1 }), fail(500), hit], 'I am failing.');
  const client = await warmed('failing');
  await client.until('a warm that went well', ({ lastWarmAt }) => lastWarmAt !== null, 20_000);
  const armed = client.looks().filter(({ nextWarmAt }) => nextWarmAt !== null);
  const moments = armed
    .map(({ nextWarmAt }) => Number(nextWarmAt))
    // One moment, worked out anew, may move by a millisecond.
    .filter((moment, at, all) => at === 0 || moment > Number(all[at - 1]) + 100);
  // The opt-in, three failures, and the warm: none was silent, and none left a time that had passed.
  expect(moments).toHaveLength(5);
  // A moment is counted from the end of the warm before it, which a busy machine makes late, and never early.
  const waits = moments.slice(1).map((moment, at) => Math.floor((moment - Number(moments[at]) + 50) / 1_000));
  expect(waits).toEqual([1, 2, 4, 1]);
  const errors = moments.map((moment) =>
    armed.find(({ nextWarmAt }) => nextWarmAt === moment)?.stat('Last error'),
  );
  expect(errors[0]).toBeUndefined();
  expect(errors.slice(1, 4)).toEqual([
    expect.stringMatching(/overloaded/),
    expect.stringMatching(/limits the rate/),
    expect.stringMatching(/^[A-Z]/),
  ]);
  expect(client.last().stat('Last error')).toBeUndefined();
  expect(client.last().on).toBe(true);
  // A failure costs something nobody knows, and is said to.
  expect(client.last().money).toMatchObject({ warms: 4, unpricedWarms: 3 });
  expect(provider.warmsOf('I am failing.')).toHaveLength(4);
  await client.act('toggle', false);
  client.close();
});

it.concurrent('W11: a result that arrives during a turn is dropped, and its cost is booked', async () => {
  let letGo = (): void => undefined;
  const turnRuns = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  provider.warms([() => turnRuns.then(() => hit)], 'I am dropped.');
  provider.turns(reply(say('One after the other.', { words: true, everyMs: 1_000 })), 'I am dropped.');
  const client = await warmed('dropped');
  await eventually('a warm under way', () => provider.warmsOf('I am dropped.').length > 0);
  await client.until('no time', ({ nextWarmAt }) => nextWarmAt === null);
  const message = { conversationId: 'dropped', message: 'Hello?', model: FULL_MODEL };
  await streamChat(dispatch.httpUrl, message, ({ event }) => event.type === 'text-delta' && letGo());
  const sealed = await client.until('the schedule behind the turn', ({ nextWarmAt }) => nextWarmAt !== null);
  expect(sealed.lastWarmAt).toBeNull();
  expect(sealed.money).toMatchObject({ warms: 1 });
  await client.act('toggle', false);
  client.close();
});

it.concurrent('W5, W6: closing during a warm gives its request up, and what was switched off stays without a time', async () => {
  provider.warms([silence()], 'I am given-up.');
  const client = await warmed('given-up');
  await eventually('a warm under way', () => provider.warmsOf('I am given-up.').length > 0);
  await request(dispatch.httpUrl, 'POST', '/conversations/given-up/close');
  await eventually('the closed connection', () => provider.warmsOf('I am given-up.')[0]?.end === 'by-peer');
  await client.until('off', ({ on, nextWarmAt }) => !on && nextWarmAt === null);
  const from = client.looks().length;
  await pause(2_500);
  expect(
    client
      .looks()
      .slice(from - 1)
      .filter(({ on, nextWarmAt }) => on || nextWarmAt !== null),
  ).toEqual([]);
  expect(provider.warmsOf('I am given-up.')).toHaveLength(1);
  client.close();
});
