import {
  type DispatchProcesses,
  eventually,
  type FrameSocket,
  openSocket,
  request,
  startDispatch,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

const ask = (method: string, path: string, body?: unknown) => request(dispatch.httpUrl, method, path, body);
const queueOf = async (id: string) => (await ask('GET', `/conversations/${id}/queue`)).body;

/** A client that watches a conversation and its queue. */
async function client(conversationId: string): Promise<FrameSocket> {
  const socket = await openSocket(dispatch.wsUrl);
  onTestFinished(() => socket.close());
  socket.send({ type: 'chat.subscribe', conversationId });
  socket.send({ type: 'subscribe', surfaceId: 'message-queue', conversationId });
  await socket.frame('the surface', ({ type }) => type === 'surface');
  return socket;
}

/** A turn that takes its time, and two clients that watch it. */
async function running() {
  const conversationId = crypto.randomUUID();
  const [one, two] = await Promise.all([client(conversationId), client(conversationId)]);
  const message = 'words: 240';
  const begun = await ask('POST', `/conversations/${conversationId}/queue`, {
    message,
    model: 'demo/writer',
  });
  expect(begun.body).toMatchObject({ outcome: 'started', conversationId });
  const path = `/conversations/${conversationId}/queue`;
  const add = async (text: string, mode?: string): Promise<string> => {
    const { body } = await ask('POST', path, { message: text, ...(mode && { mode }) });
    expect(body).toMatchObject({ outcome: 'queued', conversationId });
    return body.messageId;
  };
  return { conversationId, path, one, two, add, turnId: String(begun.body.turnId) };
}

/** What a client sees waiting now. */
function shown(socket: FrameSocket): { readonly texts: readonly string[]; readonly held: boolean } {
  const last = socket.frames.findLast(({ type }) => type === 'surface' || type === 'update');
  const spec = Object(last?.['update'] ?? last)['spec'];
  const { payload } = spec.fields.find(({ kind }: { kind: string }) => kind === 'custom');
  return { texts: payload.messages.map(({ text }: { text: string }) => text), held: payload.held };
}

const sees = (socket: FrameSocket, texts: readonly string[], held = false) =>
  eventually(`${texts} shown`, () => JSON.stringify(shown(socket)) === JSON.stringify({ texts, held }));

describe('ST2: while a turn runs', () => {
  it('one client steers, another one queues; both see the same, and the log has it', async () => {
    const { conversationId, one, two, add, turnId } = await running();
    await one.frame('n 6', ({ n }) => n === 6);
    const steered = await add('words: 4');
    await add('words: 3', 'queue');
    for (const socket of [one, two]) await sees(socket, ['words: 4', 'words: 3']);
    await one.sealed(turnId);
    const next = await eventually('the next turn', () =>
      one.events().find((event) => event.type === 'user-message' && event['turnId'] !== turnId),
    );
    await two.sealed(String(next['turnId']));
    expect(next['text']).toBe('words: 3');
    const events = one.events(turnId);
    expect(events).toContainEqual(expect.objectContaining({ type: 'steering', messageId: steered }));
    expect(two.events(turnId)).toEqual(events);
    expect(events.at(-2)).toMatchObject({ type: 'done', reason: 'stop' });
    const { chunks } = (await ask('GET', `/conversations/${conversationId}`)).body;
    expect(chunks.map(({ role }: { role: string }) => role)).toEqual([
      ...['user', 'assistant', 'system', 'assistant', 'user', 'assistant'],
    ]);
    const { turns } = (await ask('GET', `/conversations/${conversationId}/metrics`)).body;
    // Figures still pair with the messages of the user, one to one.
    expect(turns).toHaveLength(2);
    for (const socket of [one, two]) await sees(socket, []);
  });

  it('ST1: a stop keeps what waits; it is edited from two clients, and goes on when somebody promotes it', async () => {
    const { conversationId, path, one, two, add, turnId } = await running();
    const first = await add('first', 'queue');
    const second = await add('second', 'queue');
    const stop = (body: object) => ask('POST', `/conversations/${conversationId}/stop`, body);
    expect((await stop({ turnId })).body).toMatchObject({ stopped: true, turnId });
    await one.sealed(turnId);
    for (const socket of [one, two]) await sees(socket, ['first', 'second'], true);
    const [edited, removed] = await Promise.all([
      ask('PUT', `${path}/${second}`, { message: 'words: 2', position: 1 }),
      ask('DELETE', `${path}/${first}`),
    ]);
    expect([edited.body.outcome, removed.body.cancelled]).toEqual(['changed', true]);
    expect((await ask('DELETE', `${path}/${first}`)).body.cancelled).toBe(false);
    expect((await ask('PUT', `${path}/${first}`, { message: 'x' })).status).toBe(404);
    await sees(two, ['words: 2'], true);
    two.send({
      type: 'invoke',
      id: 'go',
      surfaceId: 'message-queue',
      actionId: 'message-queue/promote',
      conversationId,
    });
    const begun = await eventually('a turn', () =>
      one.events().find((event) => event.type === 'user-message' && event['turnId'] !== turnId),
    );
    expect(begun['text']).toBe('words: 2');
    // The stop that names the turn before does not hit this one.
    expect((await stop({ turnId })).body.stopped).toBe(false);
    await one.sealed(String(begun['turnId']));
    expect(one.events(String(begun['turnId'])).at(-2)).toMatchObject({ reason: 'stop' });
    expect(await queueOf(conversationId)).toEqual({ conversationId, messages: [], held: false });
  });

  it('Q1: the same key twice is one message; another body under it is refused', async () => {
    const { conversationId, path } = await running();
    const body = { message: 'once', mode: 'queue', idempotencyKey: 'k' };
    const answers = [await ask('POST', path, body), await ask('POST', path, body)];
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect((await queueOf(conversationId)).messages).toHaveLength(1);
    const other = await ask('POST', path, { ...body, message: 'twice' });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-mismatch']);
    const refused = await ask('POST', path, { message: ' \n' });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid-request']);
    const chat = await streamChat(dispatch.httpUrl, { conversationId, message: 'now' });
    expect(chat.events.map(({ event }) => event)).toEqual([
      expect.objectContaining({ code: 'turn-running' }),
    ]);
    await ask('POST', `/conversations/${conversationId}/close`);
    await eventually('it is held', async () => (await queueOf(conversationId)).held);
  });
});
