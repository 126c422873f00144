import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeTurn } from '../__fixtures__/fake-store.ts';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { pause, until } from '../__fixtures__/until.ts';

let test: TestGateway;
beforeEach(async () => {
  test = await startTestGateway();
});
afterEach(() => test.stop());

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${test.httpUrl}/chat`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** Lines as they arrive. */
async function* lines(response: Response): AsyncGenerator<Record<string, unknown>> {
  let rest = '';
  for await (const chunk of response.body ?? []) {
    rest += Buffer.from(chunk as Uint8Array).toString('utf8');
    const whole = rest.split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) yield JSON.parse(line);
  }
  expect(rest).toBe('');
}

async function types(response: Response): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const { type } of lines(response)) all.push(type);
  return all;
}

/** Takes the next started turn out of the script's hands. */
function holdTurn(): Promise<FakeTurn> {
  return new Promise((resolve) => {
    test.kernel.onTurn = (turn, { message }) => {
      test.kernel.begin(turn, message);
      resolve(turn);
    };
  });
}

describe('POST /chat', () => {
  it('streams each event when it happens, in order, and ends at turn-sealed, not at error', async () => {
    const held = holdTurn();
    const response = await post({ conversationId: 'c1', message: '  hi  ' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('x-conversation-id')).toBe('c1');
    const turn = await held;
    const reader = lines(response);
    expect((await reader.next()).value).toMatchObject({ type: 'user-message', text: 'hi' });
    expect((await reader.next()).value).toMatchObject({ type: 'turn-start' });
    for (const delta of ['a', 'ß', '😀']) {
      test.kernel.emit(turn, 'text-delta', { delta });
      expect((await reader.next()).value).toMatchObject({ type: 'text-delta', delta, turnId: turn.id });
    }
    test.kernel.emit(turn, 'error', { message: 'broke' });
    expect((await reader.next()).value).toMatchObject({ type: 'error' });
    test.kernel.seal(turn, 'error');
    expect((await reader.next()).value).toMatchObject({ type: 'done', reason: 'error' });
    expect((await reader.next()).value).toMatchObject({ type: 'turn-sealed' });
    expect((await reader.next()).done).toBe(true);
    expect(test.gateway.services.kernel.welcome).toBeDefined();
  });

  it('gives the turn that was started and nothing of the next one', async () => {
    test.kernel.onTurn = (turn, { message }) => {
      test.kernel.play(turn, message, ['x']);
      test.kernel.play(test.kernel.store.insert(turn.conversationId), 'another', ['y']);
    };
    const response = await post({ conversationId: 'c1', message: 'hi' });
    expect(await types(response)).toEqual([
      'user-message',
      'turn-start',
      'text-delta',
      'done',
      'turn-sealed',
    ]);
  });

  it('a running turn: 200 with exactly one error line under a fresh turn id', async () => {
    const held = holdTurn();
    const first = await post({ conversationId: 'c1', message: 'hi' });
    const turn = await held;
    const refused = await post({ conversationId: 'c1', message: 'me too' });
    expect(refused.status).toBe(200);
    const all: Record<string, unknown>[] = [];
    for await (const line of lines(refused)) all.push(line);
    expect(all).toMatchObject([{ type: 'error', code: 'turn-running', conversationId: 'c1' }]);
    expect(all[0]?.['turnId']).not.toBe(turn.id);
    test.kernel.seal(turn);
    expect(await types(first)).toHaveLength(4);
  });

  it('a repeated key streams that turn from its start, by field and by header', async () => {
    const body = { conversationId: 'c1', message: 'hi', idempotencyKey: 'k1' };
    const told = await (await post(body)).text();
    expect(await (await post(body)).text()).toBe(told);
    const { idempotencyKey, ...rest } = body;
    expect(await (await post(rest, { 'idempotency-key': idempotencyKey })).text()).toBe(told);
    expect(test.kernel.store.turns).toHaveLength(1);
    const other = await post({ ...body, message: 'other' });
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ code: 'idempotency-mismatch', requestId: 'req_kernel' });
    expect((await post(body, { 'idempotency-key': 'k2' })).status).toBe(400);
  });

  it('an event the link cannot carry ends the answer with its error, not with a silent gap', async () => {
    const held = holdTurn();
    const response = await post({ conversationId: 'c1', message: 'hi' });
    const turn = await held;
    const reader = lines(response);
    for (let read = 0; read < 2; read += 1) await reader.next();
    const refusal = { message: 'too large', code: 'frame-too-large', retryable: false } as const;
    test.kernel.publish('turn:c1', { type: 'chat.error', conversationId: 'c1', ...refusal });
    test.kernel.seal(turn);
    expect((await reader.next()).value).toEqual({
      type: 'error',
      conversationId: 'c1',
      turnId: turn.id,
      message: 'too large',
      code: 'frame-too-large',
    });
    expect((await reader.next()).done).toBe(true);
  });

  it('a repeated key of a turn whose events are gone is told so by one error line', async () => {
    const body = { conversationId: 'c1', message: 'hi', idempotencyKey: 'k1' };
    await (await post(body)).text();
    test.kernel.store.turns.splice(0);
    const all: Record<string, unknown>[] = [];
    for await (const line of lines(await post(body))) all.push(line);
    expect(all).toMatchObject([{ type: 'error', conversationId: 'c1', code: 'not-found' }]);
  });

  it('T7: a client that leaves stops nothing but its own watch', async () => {
    const held = holdTurn();
    const abort = new AbortController();
    const response = await fetch(`${test.httpUrl}/chat`, {
      method: 'POST',
      body: '{"message":"hi","conversationId":"c1"}',
      signal: abort.signal,
    });
    expect(response.status).toBe(200);
    const turn = await held;
    abort.abort();
    await until('the watch ends', () => test.kernel.upFrames.at(-1)?.type === 'unwatch');
    expect(test.kernel.requests.map(({ path }) => path)).toEqual(['/internal/turns']);
    test.kernel.seal(turn);
    expect((await fetch(`${test.httpUrl}/health`)).status).toBe(200);
  });

  it('goes on across a restart of the kernel without gap or repeat', async () => {
    const held = holdTurn();
    const response = await post({ conversationId: 'c1', message: 'hi' });
    const turn = await held;
    for (const delta of ['1', '2', '3']) test.kernel.emit(turn, 'text-delta', { delta });
    const all: Record<string, unknown>[] = [];
    const reading = (async () => {
      for await (const line of lines(response)) all.push(line);
    })();
    await until('three deltas', () => all.length === 5);
    await test.restartKernel((next) => {
      next.emit(turn, 'text-delta', { delta: '4' });
      next.recover();
    });
    await reading;
    expect(all).toEqual(turn.events);
    expect(all.at(-2)).toMatchObject({ type: 'done', reason: 'interrupted' });
  });

  it('L1: a reader that stalls is dropped with 1 MiB unsent; the turn and other readers go on', async () => {
    const held = holdTurn();
    const { port, hostname } = new URL(test.httpUrl);
    const stalled = connect(Number(port), hostname);
    const isClosed = new Promise((resolve) => stalled.once('close', resolve));
    stalled.on('error', () => undefined);
    stalled.write(
      `POST /chat HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 37\r\n\r\n{"message":"hi","conversationId":"c"}`,
    );
    const turn = await held;
    stalled.pause();
    const other = await post({ conversationId: 'd', message: 'quick' }).catch(() => undefined);
    const delta = 'x'.repeat(64 * 1024);
    const watches = () => test.kernel.upFrames.filter(({ type }) => type === 'unwatch').length;
    const before = watches();
    for (let sent = 0; sent < 400 && watches() === before; sent += 1) {
      test.kernel.emit(turn, 'text-delta', { delta });
      await pause(2);
    }
    expect(watches()).toBe(before + 1);
    expect(turn.events.length * delta.length).toBeLessThan(24 * 1024 * 1024);
    test.kernel.seal(turn);
    expect(other?.status).toBe(200);
    stalled.resume();
    await isClosed;
  });

  it.each([
    ['broken JSON', '{"message": "hi"', 'invalid-json'],
    ['nothing', '', 'invalid-json'],
    ['not JSON at all', '\u0000\u0001', 'invalid-json'],
    ['a prototype key', '{"message":"hi","__proto__":{"x":1}}', 'invalid-json'],
    ['a nested constructor', '{"message":"hi","x":{"constructor":{}}}', 'invalid-json'],
    ['too deep', `{"message":"hi","x":${'['.repeat(40)}${']'.repeat(40)}}`, 'invalid-json'],
    ['null', 'null', 'invalid-request'],
    ['an array', '[]', 'invalid-request'],
    ['a string', '"hi"', 'invalid-request'],
    ['an absurd number', '1e999', 'invalid-request'],
    ['no message', '{}', 'invalid-request'],
    ['a blank message', '{"message":" \\n\\t "}', 'invalid-request'],
    ['a message of another type', '{"message":["hi"]}', 'invalid-request'],
    ['a model of another type', '{"message":"hi","model":1e308}', 'invalid-request'],
    ['a cwd of another type', '{"message":"hi","cwd":{}}', 'invalid-request'],
    ['an id with a slash', '{"message":"hi","conversationId":"a/b"}', 'invalid-request'],
    ['an id with a control character', '{"message":"hi","conversationId":"a\\u0000b"}', 'invalid-request'],
    ['an id too long', `{"message":"hi","conversationId":"${'x'.repeat(129)}"}`, 'invalid-request'],
    ['an empty key', '{"message":"hi","idempotencyKey":""}', 'invalid-request'],
    ['a key with a space', '{"message":"hi","idempotencyKey":"a b"}', 'invalid-request'],
  ])('refuses %s with one clear error and starts nothing', async (_what, body, code) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/json');
    const answer = (await response.json()) as Record<string, unknown>;
    expect(answer).toMatchObject({ code, retryable: false, error: expect.stringMatching(/.+/) });
    expect(answer['requestId']).toBe(response.headers.get('x-request-id'));
    expect(test.kernel.requests).toEqual([]);
  });

  it('D1: text that is no UTF-8 is refused, not repaired and stored', async () => {
    const broken = [Buffer.from('{"message":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')];
    const response = await fetch(`${test.httpUrl}/chat`, { method: 'POST', body: Buffer.concat(broken) });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid-json' });
    expect(test.kernel.requests).toEqual([]);
  });

  it.each([5, '', null, {}])('A.3: a conversation id of %j counts as none', async (conversationId) => {
    const response = await post({ conversationId, message: 'hi' });
    expect(response.headers.get('x-conversation-id')).toMatch(/^cnv_/);
    expect((await types(response)).at(-1)).toBe('turn-sealed');
  });

  it.each(['Köln ☂', '100%', '%41', 'a:b+c'])(
    'decoding the header always gives the id %s',
    async (conversationId) => {
      const response = await post({ conversationId, message: 'hi' });
      expect(decodeURIComponent(response.headers.get('x-conversation-id') ?? '')).toBe(conversationId);
      await response.text();
    },
  );
});
