import { surfaceTopic, type Topic, turnTopic } from '@dispatch/link';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, openLink, type TestLink } from '../__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import { newToken, newUser } from '../identity/__fixtures__/people.ts';
import type { Kernel } from '../kernel.ts';

const dataDir = temporaryDataDir();
let kernel: Kernel;
let link: TestLink;
let revoked: { readonly userId: string; readonly sessionId: string };

beforeAll(async () => {
  kernel = await startTestKernel(dataDir);
  const userId = await newUser(dataDir, 'Eve');
  const { id } = await newToken(dataDir, userId);
  await ask(dataDir, 'DELETE', `/tokens/${id}`, { userId });
  revoked = { userId, sessionId: id };
  await ask(dataDir, 'PUT', '/conversations/theirs/title', { userId: 'usr_other', body: { title: 'x' } });
  link = openLink(dataDir);
});
afterAll(async () => {
  link.socket.destroy();
  await kernel.stop(0);
});

/** What a connection is told of its watch, up to its end or its going live. */
async function watched(topic: Topic, who: object): Promise<object[]> {
  const conn = `c${Math.random()}`;
  link.send({ type: 'watch', conn, topic, ...who });
  const mine = () => link.frames.filter((frame) => 'conn' in frame && frame.conn === conn);
  await expect.poll(() => mine().some((frame) => 'type' in frame)).toBe(true);
  return mine().map((frame) => ({ ...frame, conn: 'c' }));
}

const scopes = ['chat:read'];

describe('S-12: every watch, with its replay and its resume, asks the policy', () => {
  const after = { turnId: 'trn_1', n: 3 };
  it.each([
    ['nobody', { userId: 'usr_owner' }, 'forbidden'],
    [
      'who lacks the scope',
      { userId: 'usr_owner', sessionId: 'local', scopes: ['chat:write', 'admin'] },
      'forbidden',
    ],
    ['who was revoked', { scopes }, 'unauthenticated'],
  ])('A2: %s is told no more than that, of whatever there is', async (_, who, code) => {
    const asked = code === 'unauthenticated' ? { ...who, ...revoked } : who;
    for (const id of ['mine', 'theirs', 'unknown']) {
      for (const cursor of [{}, { after }, { after: { behind: null } }]) {
        const topic = turnTopic(id);
        expect(await watched(topic, { ...asked, ...cursor })).toMatchObject([
          { topic, frame: { type: 'chat.error', conversationId: id, code } },
          { type: 'unwatched', topic },
        ]);
      }
      const topic = surfaceTopic({ surfaceId: 'loaded-extensions', conversationId: id });
      expect(await watched(topic, asked)).toMatchObject([
        { topic, frame: { type: 'error', surfaceId: 'loaded-extensions', code } },
        { type: 'unwatched', topic },
      ]);
    }
  });

  it('A3: a foreign conversation is watched as an unknown one is', async () => {
    const who = { userId: 'usr_owner', sessionId: 'local', scopes };
    for (const cursor of [{}, { after }]) {
      const [foreign, unknown] = [
        await watched(turnTopic('theirs'), { ...who, ...cursor }),
        await watched(turnTopic('unknown'), { ...who, ...cursor }),
      ];
      expect(JSON.stringify(foreign).replaceAll('theirs', 'unknown')).toBe(JSON.stringify(unknown));
    }
  });
});
