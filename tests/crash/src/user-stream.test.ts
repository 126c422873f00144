import {
  applyToConversations,
  type Connection,
  type ConversationList,
  conversationList,
  createClient,
  type DispatchClient,
} from '@dispatch/client';
import {
  type CuttableLine,
  type DispatchProcesses,
  eventually,
  startCuttableLine,
  startDispatch,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

let dispatch: DispatchProcesses;
let line: CuttableLine;
beforeAll(async () => {
  dispatch = await startDispatch();
  line = await startCuttableLine(dispatch.httpUrl);
});
afterAll(async () => {
  await line.close();
  await dispatch.stop();
});

/** A device: what its user was told, and the list it shows by it. */
interface Device {
  readonly client: DispatchClient;
  readonly connection: Connection;
  readonly told: string[];
  readonly resets: string[];
  list: ConversationList;
}

async function device(url: string): Promise<Device> {
  const client = createClient({ url, WebSocket: WebSocket as never });
  const connection = client.connect();
  const told: string[] = [];
  const resets: string[] = [];
  await connection.opened();
  const mine: Device = {
    client,
    connection,
    told,
    resets,
    list: conversationList(await client.conversations()),
  };
  connection.user.on((event, seq) => {
    told.push(JSON.stringify([seq, event]));
    mine.list = applyToConversations(mine.list, event, seq);
  });
  connection.user.onReset(({ reason }) => resets.push(reason));
  return mine;
}

/** A turn to its end, over whichever gateway is there. */
async function turn(client: DispatchClient, conversationId: string): Promise<void> {
  const answer = await client.chat({ conversationId, message: 'words: 5', model: 'demo/fast' });
  for await (const _ of answer);
}

describe("the user's stream", () => {
  it('E1, E11, R1, RT-03, RT-08: who was cut off while gateway and kernel were killed has exactly what was missed', async () => {
    const [near, far] = await Promise.all([device(dispatch.httpUrl), device(line.httpUrl)]);
    const { client } = near;
    await client.setTitle('a', 'before');
    await turn(client, 'b');
    await eventually('both are told', () => far.told.length === near.told.length && far.told.length >= 3);

    line.cut();
    const before = far.told.length;
    await client.setCwd('c', '/srv');
    await turn(client, 'a');
    await dispatch.gateway.kill();
    await dispatch.startGateway();
    await eventually(
      'the kernel is reached',
      async () => (await fetch(`${dispatch.httpUrl}/readyz`)).status === 200,
    );
    await client.close('b');
    const running = client.chat({ conversationId: 'd', message: 'words: 400', model: 'demo/writer' });
    await running;
    await dispatch.kernel.kill();
    await dispatch.startKernel();
    await eventually(
      'the kernel is reached',
      async () => (await fetch(`${dispatch.httpUrl}/readyz`)).status === 200,
    );
    await client.setTitle('a', 'after');
    await turn(client, 'b');
    expect(far.told).toHaveLength(before);

    line.mend();
    const { userSeq } = await client.conversations();
    const reached = (one: Device) => one.connection.user.position?.seq === userSeq;
    await eventually('both stand at the head', () => reached(near) && reached(far), 60_000);
    expect(far.told).toEqual(near.told);
    expect(far.told.map((text) => (JSON.parse(text) as [number])[0])).toEqual(
      far.told.map((_, index) => index + 1),
    );
    expect([...near.resets, ...far.resets]).toEqual([]);
    const now = await client.conversations();
    for (const one of [near, far]) {
      expect(one.list.conversations).toEqual(now.conversations);
      expect([one.list.epoch, one.list.seq]).toEqual([now.epoch, now.userSeq]);
      one.connection.close();
    }
  });

  it('RT-06: resumed again and again, from memory and from the store, every event comes once', async () => {
    const { client, connection, told } = await device(dispatch.httpUrl);
    const start = connection.user.position?.seq ?? 0;
    const second = client.connect({ ...(connection.user.position && { resume: connection.user.position }) });
    const seen: number[] = [];
    second.user.on((_, seq) => seen.push(seq));
    await second.opened();
    for (let round = 0; round < 4; round += 1) {
      await client.setTitle('overlap', `round ${round}`);
      await dispatch.gateway.kill();
      await dispatch.startGateway();
      await eventually(
        'the kernel is reached',
        async () => (await fetch(`${dispatch.httpUrl}/readyz`)).status === 200,
      );
    }
    await eventually('both have all', () => seen.length === 4 && told.length === 4, 60_000);
    expect(seen).toEqual([1, 2, 3, 4].map((index) => start + index));
    connection.close();
    second.close();
  });
});
