import type { UserEvent } from '@dispatch/collab-contract';
import { turnTopic } from '@dispatch/link';
import type { StoredChunk } from '@dispatch/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followUser } from './__fixtures__/follow-user.ts';
import { ask, openLink } from './__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from './__fixtures__/test-kernel.ts';
import type { Kernel } from './kernel.ts';

const dataDir = temporaryDataDir();
let kernel: Kernel;
let count = 0;

beforeAll(async () => {
  kernel = await startTestKernel(dataDir);
});
afterAll(() => kernel.stop(0));

const newId = () => `versions-${count++}`;
const post = (path: string, body: object, who: object = {}) => ask(dataDir, 'POST', path, { body, ...who });
const get = (path: string, who: object = {}) => ask(dataDir, 'GET', path, who);

async function idle(id: string): Promise<void> {
  await expect.poll(async () => (await get(`/conversations/${id}/status`)).body.turnId).toBeNull();
}

async function send(id: string, message: string, model = 'test/echo'): Promise<string> {
  const { body } = await post('/internal/turns', { conversationId: id, message, model });
  return body.turnId;
}

async function said(id: string, message: string): Promise<string> {
  const turnId = await send(id, message);
  await idle(id);
  return turnId;
}

const regenerate = (id: string, body: object) => post(`/conversations/${id}/regenerate`, body);

async function regenerated(id: string, body: object): Promise<string> {
  const { body: answer } = await regenerate(id, body);
  await idle(id);
  return answer.turnId;
}

/** What people said, in the order it stands in. */
async function words(id: string, view = '?view=active'): Promise<readonly string[]> {
  const { body } = await get(`/conversations/${id}${view}`);
  return body.chunks.flatMap(({ role, chunk }: StoredChunk) => {
    return role === 'user' && chunk.type === 'text' ? [chunk.text] : [];
  });
}

describe('regenerate', () => {
  it('RG1: answers with ids at once and streams a turn of its own; an edit gives the message a version too', async () => {
    const id = newId();
    const first = await said(id, 'one');
    const { status, body } = await regenerate(id, { turnId: first, message: 'uno' });
    expect(status).toBe(202);
    expect(body).toEqual({
      conversationId: id,
      turnId: expect.stringMatching(/^trn_/),
      beatId: first,
      version: 2,
      irreversible: [],
    });
    await idle(id);
    expect([await words(id), await words(id, '')]).toEqual([['uno'], ['one', 'uno']]);
    const third = await regenerated(id, { turnId: body.turnId });
    expect([await words(id), await words(id, '')]).toEqual([['uno'], ['one', 'uno', 'uno']]);
    expect((await get(`/conversations/${id}/versions?turnId=${third}`)).body).toMatchObject({
      beatId: first,
      versions: [
        { turnId: first, version: 1, active: false, reason: 'stop', model: 'test/echo', effects: [] },
        { version: 2, active: false },
        { turnId: third, version: 3, active: true, usage: { inputTokens: 7, outputTokens: 3 } },
      ],
    });
  });

  it('RG1: a repeat with the same key starts nothing, and another request under it is refused', async () => {
    const id = newId();
    const first = await said(id, 'one');
    const asked = { turnId: first, idempotencyKey: `again-${id}` };
    const { body } = await regenerate(id, asked);
    await idle(id);
    expect((await regenerate(id, asked)).body).toEqual(body);
    expect((await regenerate(id, { ...asked, message: 'uno' })).status).toBe(422);
    expect(await words(id, '')).toEqual(['one', 'one']);
  });

  it('RG2: meanwhile a send, a regenerate, an activation and a fork of it are refused, and a stop ends it', async () => {
    const id = newId();
    const first = await said(id, 'one');
    const { body } = await regenerate(id, { turnId: first, model: 'test/endless' });
    expect((await post('/internal/turns', { conversationId: id, message: 'two' })).body.outcome).toBe('busy');
    for (const [path, asked] of [
      ['regenerate', { turnId: first }],
      ['versions/activate', { turnId: first }],
      ['fork', { turnId: body.turnId }],
    ] as const) {
      const refused = await post(`/conversations/${id}/${path}`, asked);
      expect([path, refused.status, refused.body.code]).toEqual([path, 409, 'turn-running']);
    }
    const stopped = await post(`/conversations/${id}/stop`, { turnId: body.turnId });
    expect(stopped.body).toMatchObject({ stopped: true, turnId: body.turnId });
    await idle(id);
    expect((await get(`/conversations/${id}/model`)).body.model).toBe('test/echo');
  });

  it('RG2: stopped after its first text it is a version like any other, and the one that is shown', async () => {
    const id = newId();
    const first = await said(id, 'one');
    const link = openLink(dataDir);
    link.send({
      type: 'watch',
      conn: 'c',
      topic: turnTopic(id),
      userId: 'usr_owner',
      sessionId: 'local',
      scopes: ['chat:read'],
    });
    await expect.poll(() => link.frames.at(-1)).toMatchObject({ type: 'watched' });
    const { body } = await regenerate(id, { turnId: first, model: 'test/endless' });
    await expect.poll(() => JSON.stringify(link.frames)).toContain('text-delta');
    await post(`/conversations/${id}/stop`, {});
    await idle(id);
    const { versions } = (await get(`/conversations/${id}/versions?turnId=${first}`)).body;
    expect(versions).toMatchObject([
      { turnId: first, active: false },
      { turnId: body.turnId, active: true, reason: 'aborted' },
    ]);
    const frames = link.frames.flatMap((frame) => ('frame' in frame ? [frame.frame] : []));
    expect(frames[0]).toEqual({
      type: 'turn-replaced',
      conversationId: id,
      turnId: body.turnId,
      supersedes: first,
      beatId: first,
      version: 2,
      versions: 2,
      provisional: true,
    });
    expect(frames.filter(({ type }) => type === 'turn-replaced')).toHaveLength(1);
    expect(JSON.stringify(frames[2])).toContain('"versionOf"');
    link.socket.destroy();
  });

  it('RG2: ended without text the old version stays, its number is given again, and watchers swap back', async () => {
    const id = newId();
    const first = await said(id, 'one');
    const link = openLink(dataDir);
    link.send({
      type: 'watch',
      conn: 'c',
      topic: turnTopic(id),
      userId: 'usr_owner',
      sessionId: 'local',
      scopes: ['chat:read'],
    });
    await expect.poll(() => link.frames.at(-1)).toMatchObject({ type: 'watched' });
    const user = followUser(dataDir, 0);
    const { body } = await regenerate(id, { turnId: first, model: 'nobody/knows' });
    await idle(id);
    const back = { type: 'turn-replaced', conversationId: id, turnId: first, supersedes: body.turnId };
    const settled = { ...back, beatId: first, version: 1, versions: 1 };
    const replaced = () =>
      link.frames.flatMap((frame) =>
        'frame' in frame && frame.frame.type === 'turn-replaced' ? [frame.frame] : [],
      );
    await expect.poll(replaced).toMatchObject([{ provisional: true }, settled]);
    const told = () => user.events.flatMap(({ event }) => (event?.type === 'turn-replaced' ? [event] : []));
    await expect.poll(() => told().filter(({ conversationId }) => conversationId === id)).toEqual([settled]);
    expect(await words(id)).toEqual(['one']);
    const { versions } = (await get(`/conversations/${id}/versions?turnId=${first}`)).body;
    expect(versions).toMatchObject([{ turnId: first, version: 1, active: true }]);
    const second = (await regenerate(id, { turnId: first })).body;
    expect(second.version).toBe(2);
    await idle(id);
    const { chunks } = (await get(`/conversations/${id}`)).body;
    const marks = chunks.map(({ turnId, version, supersededBy }: StoredChunk) => [
      turnId,
      version,
      supersededBy,
    ]);
    // Both name what is shown now, whatever was when they were left.
    expect(marks).toContainEqual([body.turnId, 0, second.turnId]);
    expect(marks).toContainEqual([first, undefined, second.turnId]);
    link.socket.destroy();
    user.close();
  });

  it.each([
    ['of a conversation that never was', 'never-was', 'usr_owner'],
    ['of somebody else', 'foreign', 'usr_other'],
  ])('A3: nothing can be asked for once more %s', async (_, name, userId) => {
    const id = `${newId()}-${name}`;
    const theirs = name === 'foreign' ? await said(id, 'one') : 'trn_x';
    for (const turnId of [theirs, 'trn_unknown']) {
      const answers = [
        await post(`/conversations/${id}/regenerate`, { turnId }, { userId }),
        await get(`/conversations/${id}/versions?turnId=${turnId}`, { userId }),
        await post(`/conversations/${id}/versions/activate`, { turnId }, { userId }),
        await post(`/conversations/${id}/fork`, { turnId }, { userId }),
      ];
      const refused = [404, 'not-found', 'there is no such turn in this conversation'];
      for (const { status, body } of answers) expect([status, body.code, body.error]).toEqual(refused);
    }
    expect(await words(id, '')).toEqual(name === 'foreign' ? ['one'] : []);
  });

  it.each([[{}], [{ turnId: '' }], [{ turnId: 'x', message: '' }], [{ turnId: 'x', model: 1 }]])(
    'refuses the body %j and starts nothing',
    async (body) => {
      const id = newId();
      await said(id, 'one');
      expect((await regenerate(id, body)).body.code).toBe('invalid-request');
      expect(await words(id, '')).toEqual(['one']);
    },
  );
});

describe('versions', () => {
  it('RG7, RG8: what followed a version comes back with it, and the next message extends what is shown', async () => {
    const id = newId();
    const first = await said(id, 'one');
    await said(id, 'two');
    const edited = await regenerated(id, { turnId: first, message: 'uno' });
    expect(await words(id)).toEqual(['uno']);
    await said(id, 'due');
    expect(await words(id)).toEqual(['uno', 'due']);
    const { body } = await post(`/conversations/${id}/versions/activate`, { turnId: first });
    expect(body).toEqual({ conversationId: id, turnId: first, beatId: first, version: 1, versions: 2 });
    expect(await words(id)).toEqual(['one', 'two']);
    await said(id, 'three');
    expect(await words(id)).toEqual(['one', 'two', 'three']);
    await post(`/conversations/${id}/versions/activate`, { turnId: edited });
    expect(await words(id)).toEqual(['uno', 'due']);
    expect(await words(id, '')).toEqual(['one', 'two', 'uno', 'due', 'three']);
    expect((await get(`/conversations/${id}?view=active&limit=2`)).body.chunks).toHaveLength(2);
    expect((await get(`/conversations/${id}?view=all`)).status).toBe(400);
  });

  it('RG5, RG7: each choice is told once, to everybody, and survives a restart', async () => {
    const id = newId();
    const first = await said(id, 'one');
    const user = followUser(dataDir, 0);
    const second = await regenerated(id, { turnId: first, message: 'uno' });
    const told = () =>
      user.events.flatMap(({ event }): UserEvent[] =>
        event?.type === 'turn-replaced' && event.conversationId === id ? [event] : [],
      );
    const replaced = (turnId: string, supersedes: string, version: number) => ({
      type: 'turn-replaced',
      conversationId: id,
      turnId,
      supersedes,
      beatId: first,
      version,
      versions: 2,
    });
    await expect.poll(told).toEqual([replaced(second, first, 2)]);
    const activate = (turnId: string) => post(`/conversations/${id}/versions/activate`, { turnId });
    await activate(first);
    await activate(first);
    await activate(second);
    await activate(first);
    const choices = [replaced(first, second, 1), replaced(second, first, 2), replaced(first, second, 1)];
    await expect.poll(told).toEqual([replaced(second, first, 2), ...choices]);
    user.close();
    await kernel.stop(0);
    kernel = await startTestKernel(dataDir);
    expect(await words(id)).toEqual(['one']);
  });

  it('RG8: chunks name the version that is shown now, not the one that took their place', async () => {
    const id = newId();
    const turnId = await said(id, 'one');
    const second = await regenerated(id, { turnId });
    const third = await regenerated(id, { turnId });
    await post(`/conversations/${id}/versions/activate`, { turnId: second });
    const { chunks } = (await get(`/conversations/${id}`)).body;
    const marks = chunks.map((chunk: StoredChunk) => [chunk.turnId, chunk.supersededBy]);
    expect(new Map(marks)).toEqual(
      new Map([
        [turnId, second],
        [second, undefined],
        [third, second],
      ]),
    );
  });

  it('RG8: a regenerate of an earlier beat off the line leads the line there', async () => {
    const id = newId();
    const first = await said(id, 'one');
    const second = await said(id, 'two');
    await regenerated(id, { turnId: first, message: 'uno' });
    await regenerated(id, { turnId: second, message: 'zwei' });
    expect(await words(id)).toEqual(['one', 'zwei']);
  });

  it('ruling 34: whoever knows no versions pairs each message with its figures', async () => {
    const id = newId();
    const first = await said(id, 'one');
    await said(id, 'two');
    await regenerated(id, { turnId: first, message: 'uno' });
    const { turns } = (await get(`/conversations/${id}/metrics`)).body;
    const { chunks } = (await get(`/conversations/${id}`)).body;
    const messages = chunks.filter(({ role }: StoredChunk) => role === 'user');
    expect(messages.map(({ turnId }: StoredChunk) => turnId)).toEqual(
      turns.map(({ turnId }: { turnId: string }) => turnId),
    );
  });
});

describe('fork', () => {
  it('RG11: takes over what leads to a turn, with ids of its own, and counts nothing twice', async () => {
    const id = newId();
    const first = await said(id, 'one');
    const second = await said(id, 'two');
    await said(id, 'three');
    await regenerated(id, { turnId: first, message: 'uno' });
    const today = `/metrics/throughput?period=day&date=${new Date().toISOString().slice(0, 10)}`;
    const before = (await get(today)).body;
    expect(before.models.length).toBeGreaterThan(0);
    const asked = { turnId: second, idempotencyKey: `fork-${id}` };
    const { status, body } = await post(`/conversations/${id}/fork`, asked);
    expect([status, body.forkedFrom]).toEqual([200, { conversationId: id, turnId: second }]);
    expect((await post(`/conversations/${id}/fork`, asked)).body).toEqual(body);
    const fork = body.conversationId;
    expect(await words(fork)).toEqual(['one', 'two']);
    const { chunks } = (await get(`/conversations/${fork}`)).body;
    expect(chunks.map(({ seq }: StoredChunk) => seq)).toEqual([1, 2, 3, 4]);
    expect(new Set(chunks.map(({ messageId }: StoredChunk) => messageId)).size).toBe(4);
    expect(chunks.at(-1).turnId).toBe(body.turnId);
    const { turns } = (await get(`/conversations/${fork}/metrics`)).body;
    expect(turns.map(({ usage }: { usage: object }) => usage)).toHaveLength(2);
    expect(JSON.stringify(turns)).not.toContain(second);
    expect((await get(today)).body).toEqual(before);
    await said(fork, 'vier');
    expect(await words(fork)).toEqual(['one', 'two', 'vier']);
    const again = await regenerated(fork, { turnId: body.turnId, message: 'deux' });
    expect((await get(`/conversations/${fork}/versions?turnId=${again}`)).body.versions).toHaveLength(2);
    expect(await words(id)).toEqual(['uno']);
  });
});
