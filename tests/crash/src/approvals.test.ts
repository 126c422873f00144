import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callTool, reply, type ScriptedModelServer, say, startScriptedModelServer } from '@dispatch/testkit';
import {
  createDataDirectory,
  type DispatchProcesses,
  eventually,
  openSocket,
  request,
  startDispatch,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const extension = fileURLToPath(new URL('./acting-extension.mjs', import.meta.url));
const directory = createDataDirectory();
let server: ScriptedModelServer;
let dispatch: DispatchProcesses;

beforeAll(async () => {
  server = await startScriptedModelServer();
  writeFileSync(
    join(directory.path, 'dispatch.config.json'),
    JSON.stringify({ extensions: { paths: [extension] } }),
  );
  const env = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: server.openaiUrl };
  dispatch = await startDispatch({ dataDir: directory.path, env });
});
afterAll(async () => {
  await dispatch.stop();
  await server.close();
  directory.remove();
});

interface Waiting {
  readonly id: string;
  readonly conversationId: string;
}

async function pending(conversationId: string): Promise<Waiting | undefined> {
  const { status, body } = await request(dispatch.httpUrl, 'GET', '/approvals');
  if (status !== 200) return undefined;
  return body.approvals.find((one: Waiting) => one.conversationId === conversationId);
}

const allow = ({ id }: Waiting) =>
  request(dispatch.httpUrl, 'POST', `/approvals/${id}`, { decision: 'allow' }).catch(() => undefined);

const runsOf = (file: string) =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).length : 0;

const isUp = () => fetch(`${dispatch.httpUrl}/readyz`).then(({ status }) => status === 200);

/** Asks for one call of the tool, whose file is the conversation's own. */
async function send(conversationId: string): Promise<string> {
  const file = join(directory.path, `${conversationId}.txt`);
  server.reset();
  server.script('acting', callsTool(file), reply(say('Done.')));
  const socket = await openSocket(dispatch.wsUrl);
  socket.send({ type: 'chat.send', conversationId, message: 'Act.', model: 'openai/acting' });
  await socket.frame('the call', (frame) => frame.type === 'chat.delta');
  socket.close();
  return file;
}

const callsTool = (file: string) => reply(callTool('act', { file }));

async function results(conversationId: string): Promise<readonly string[]> {
  await eventually('the seal', async () => {
    const { status, body } = await request(
      dispatch.httpUrl,
      'GET',
      `/conversations/${conversationId}/status`,
    );
    return status === 200 && body.status === 'idle';
  });
  const { body } = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
  return body.chunks.flatMap(({ chunk }: { chunk: { type: string; content: string } }) =>
    chunk.type === 'tool-result' ? [chunk.content] : [],
  );
}

describe('ST3: kill -9 of the kernel around an approval', () => {
  /** Where it dies, and what may have become of the call: how often it ran, and what its model reads. */
  const UNKNOWN = 'interrupted, outcome unknown';
  const places: readonly (readonly [string, readonly (readonly [number, string])[]])[] = [
    ['before-ask', [[0, UNKNOWN]]],
    [
      'after-ask',
      [
        [0, UNKNOWN],
        [1, 'acted'],
      ],
    ],
    ['before-answered', [[1, 'acted']]],
    ['after-answered', [[1, 'acted']]],
    ['before-begin', [[1, 'acted']]],
    ['after-begin', [[0, UNKNOWN]]],
    ['before-tool', [[0, UNKNOWN]]],
    ['after-tool', [[1, UNKNOWN]]],
  ];

  it.each(places)(
    'T8, T9: at %s the call runs once at most, and its turn ends well',
    async (place, outcomes) => {
      const conversationId = `c-${place}`;
      await dispatch.kernel.kill();
      await dispatch.startKernel({ DISPATCH_TEST: '1', DISPATCH_CRASH_AT: place });
      await eventually('the kernel is reached', isUp);
      const dying = dispatch.kernel.exited;
      const file = await send(conversationId);
      if (!place.endsWith('-ask')) {
        await allow(await eventually('it asks', () => pending(conversationId)));
      }
      expect((await dying).signal).toBe('SIGKILL');
      await dispatch.startKernel();
      await eventually('the kernel is reached', isUp);
      const again = await pending(conversationId);
      if (again !== undefined) expect((await allow(again))?.body.applied).toBe(true);
      const [result, ...more] = await results(conversationId);
      expect(more).toEqual([]);
      expect(outcomes).toContainEqual([runsOf(file), result]);
      expect(await pending(conversationId)).toBeUndefined();
    },
  );

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'S-54: what waits is answered by another client behind a %s',
    async (signal) => {
      const conversationId = `c-${signal}`;
      const file = await send(conversationId);
      const before = await eventually('it asks', () => pending(conversationId));
      await dispatch.kernel.kill(signal);
      await dispatch.startKernel();
      await eventually('the kernel is reached', isUp);
      expect(await pending(conversationId)).toEqual(before);
      const other = await openSocket(dispatch.wsUrl);
      expect((await allow(before))?.body).toMatchObject({ applied: true, approval: { state: 'allowed' } });
      expect((await allow(before))?.body).toMatchObject({ applied: false, approval: { state: 'allowed' } });
      await other.frame('the news', (frame) => JSON.stringify(frame).includes('approval.resolved'));
      expect(await results(conversationId)).toEqual(['acted']);
      expect(runsOf(file)).toBe(1);
      other.close();
    },
  );
});
