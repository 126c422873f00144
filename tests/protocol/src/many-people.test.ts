import {
  type DispatchProcesses,
  eventually,
  type Frame,
  type FrameSocket,
  openSocket,
  runCli,
  startDispatch,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Somebody with a token that an operator made for them. */
interface Person {
  readonly id: string;
  readonly tokenId: string;
  readonly headers: { readonly authorization: string };
}

let dispatch: DispatchProcesses;
let ada: Person;
let bob: Person;

async function cli(...args: string[]): Promise<string> {
  const run = await runCli(args, { DISPATCH_DATA_DIR: dispatch.dataDir });
  expect(run.code, run.stderr).toBe(0);
  return run.stdout.trim();
}

async function join(name: string): Promise<Person> {
  await cli('users', 'add', name);
  const secret = await cli('tokens', 'create', '--user', name, '--name', 'browser');
  const headers = { authorization: `Bearer ${secret}` };
  const me = (await ask('GET', '/me', { headers })).body;
  return { id: me.user.id, tokenId: me.session.id, headers };
}

async function ask(
  method: string,
  path: string,
  {
    headers = {},
    body,
  }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: object } = {},
) {
  const answer = await fetch(`${dispatch.httpUrl}${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  const json: any = await answer.json();
  return { status: answer.status, body: json };
}

const open = (person: Person, query = '') => openSocket(`${dispatch.wsUrl}/${query}`, person.headers);
const setTitle = (person: Person, id: string, title: string) =>
  ask('PUT', `/conversations/${id}/title`, { headers: person.headers, body: { title } });
const isOnline = (frame: Frame, { id }: Person): boolean | undefined =>
  (frame['users'] as readonly { userId: string; online: boolean }[]).find(({ userId }) => userId === id)
    ?.online;
const told = (socket: FrameSocket, person: Person) =>
  socket.frames
    .filter(({ type }) => type === 'presence.update')
    .map((frame) => isOnline(frame, person))
    .filter((online) => online !== undefined);
const titles = (socket: FrameSocket) =>
  socket.frames
    .filter(({ type }) => type === 'user.event')
    .map((frame) => (frame['event'] as { conversation: { title: string } }).conversation.title);

beforeAll(async () => {
  dispatch = await startDispatch({ env: { DISPATCH_AUTH: 'token' } });
  ada = await join('Ada');
  bob = await join('Bob');
}, 60_000);
afterAll(() => dispatch.stop());

describe('people on one gateway', () => {
  it('P1 P3: see each other come and go, once', async () => {
    const adas = await open(ada);
    const first = await open(bob);
    await eventually('Ada is told of Bob', () => told(adas, bob).includes(true));
    first.close();
    const second = await open(bob);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(told(adas, bob)).toEqual([true]);
    second.close();
    await eventually('Ada is told that he left', () => told(adas, bob).includes(false), 20_000);
    expect(told(adas, bob)).toEqual([true, false]);
    adas.close();
  }, 40_000);

  it('R1 R3 E8: who was cut off while the gateway died has exactly what they missed, and nobody else’s', async () => {
    await setTitle(ada, 'hers', 'before');
    const socket = await open(ada);
    const hello = await socket.frame('hello', ({ type }) => type === 'hello');
    await setTitle(ada, 'hers', 'seen');
    await eventually('she is told', () => titles(socket).includes('seen'));
    const last = socket.frames.filter(({ type }) => type === 'user.event').at(-1)?.['seq'];
    socket.socket.terminate();

    await setTitle(ada, 'hers', 'missed one');
    await setTitle(bob, 'his', 'not hers');
    await dispatch.gateway.kill();
    await dispatch.startGateway();
    await eventually('the gateway answers', async () => (await ask('GET', '/readyz')).status === 200);
    await setTitle(ada, 'hers', 'missed two');

    const back = await open(ada, `?resume=${String(hello['epoch'])}.${String(last)}`);
    await eventually('she has both', () => titles(back).length >= 2);
    await setTitle(ada, 'hers', 'live');
    await eventually('and what comes', () => titles(back).includes('live'));
    expect(titles(back)).toEqual(['missed one', 'missed two', 'live']);
    expect(await back.frame('hello', ({ type }) => type === 'hello')).toMatchObject({ resumed: true });
    back.close();
  }, 40_000);

  it('A3 S-13: what is Ada’s is nothing to Bob, on every way in', async () => {
    await setTitle(ada, 'hers', 'private');
    const foreign = await ask('GET', '/conversations/hers', { headers: bob.headers });
    const unknown = await ask('GET', '/conversations/nobodys', { headers: bob.headers });
    expect(foreign).toEqual(unknown);
    expect((await setTitle(bob, 'hers', 'mine now')).status).toBe(404);
    const spy = await open(bob);
    spy.send({ type: 'chat.subscribe', conversationId: 'hers', id: 's' });
    await spy.frame('an answer', (frame) => frame['id'] === 's');
    const sent = { conversationId: 'hers', message: 'Hello. words: 3', model: 'demo/fast' };
    const turn = await fetch(`${dispatch.httpUrl}/chat`, {
      method: 'POST',
      headers: ada.headers,
      body: JSON.stringify(sent),
    });
    expect(await turn.text()).toContain('turn-sealed');
    expect(JSON.stringify(spy.frames)).not.toContain('private');
    expect(spy.frames.filter(({ type }) => type === 'chat.delta')).toEqual([]);
    spy.close();
  }, 40_000);

  it('S-01: a stranger sees and does nothing', async () => {
    for (const [method, path] of [
      ['GET', '/me'],
      ['GET', '/conversations'],
      ['GET', '/conversations/hers'],
      ['PUT', '/conversations/hers/title'],
      ['POST', '/chat'],
      ['POST', '/conversations/hers/close'],
      ['GET', '/presence'],
      ['GET', '/users'],
      ['GET', '/audit'],
      ['GET', '/metrics'],
      ['POST', '/ws-ticket'],
    ] as const) {
      const answer = await ask(method, path, {
        ...(method !== 'GET' && { body: { title: 'x', message: 'x' } }),
      });
      expect(answer, `${method} ${path}`).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    }
    await expect(openSocket(dispatch.wsUrl)).rejects.toThrow('401');
    await expect(openSocket(dispatch.wsUrl, { authorization: 'Bearer dsp_tok_nobody' })).rejects.toThrow(
      '401',
    );
    expect((await ask('GET', '/health')).status).toBe(200);
  });

  it('A4: a revoked token’s sockets are gone within five seconds, and nothing opens by it again', async () => {
    const socket = await open(bob);
    await socket.frame('hello', ({ type }) => type === 'hello');
    const closed = new Promise<number>((resolve) => socket.socket.once('close', resolve));
    await cli('tokens', 'revoke', bob.tokenId);
    // How long the command itself takes to start is the machine's.
    const revokedAt = performance.now();
    expect(await closed).toBe(4401);
    expect(performance.now() - revokedAt).toBeLessThan(5_000);
    expect(socket.frames.at(-1)).toMatchObject({ type: 'bye', code: 'signed-out', resume: false });
    expect((await ask('GET', '/me', { headers: bob.headers })).status).toBe(401);
    await expect(open(bob)).rejects.toThrow('401');
  }, 20_000);
});
