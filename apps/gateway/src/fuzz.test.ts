import { connect } from 'node:net';
import { CLIENT_FRAMES, ERRORS, ROUTES } from '@dispatch/transport-contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from './__fixtures__/test-gateway.ts';
import { openTestSocket, type TestSocket } from './__fixtures__/test-socket.ts';

let test: TestGateway;
let socket: TestSocket;
beforeAll(async () => {
  test = await startTestGateway();
  socket = await openTestSocket(test.wsUrl);
});
afterAll(async () => {
  socket.socket.terminate();
  await test.stop();
});

const FIELDS = [
  'id',
  'conversationId',
  'surfaceId',
  'actionId',
  'message',
  'model',
  'cwd',
  'idempotencyKey',
  'turnId',
  'after',
  'payload',
  'contracts',
  'capabilities',
  'tab',
  '__proto__',
  'toString',
];
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom(-1, 0, 1e308, -0, Number.MAX_SAFE_INTEGER, '', 'c', null),
);
/** Frames and bodies that are nearly right: the contract's types and fields, with any values. */
const nearly = fc
  .record({
    type: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...Object.keys(CLIENT_FRAMES)) }, value),
    fields: fc.dictionary(fc.constantFrom(...FIELDS), value),
  })
  .map(({ type, fields }) => JSON.stringify({ ...fields, type }));
const text = fc.oneof(
  { weight: 3, arbitrary: nearly },
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 500 }),
);

describe('L4: whatever comes', () => {
  it('over the socket is answered or carried out, and the socket lives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (messages) => {
        const from = socket.frames.length;
        for (const message of messages) socket.sendText(message);
        socket.send({ type: 'ping' });
        await socket.next(({ type }) => type === 'pong', from);
        for (const frame of socket.frames.slice(from)) {
          if (!/error$/.test(frame.type)) continue;
          expect(frame['message']).toMatch(/.+/);
          expect(Object.keys(ERRORS)).toContain(frame['code']);
        }
      }),
      { numRuns: 150 },
    );
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
  });

  it('over HTTP is answered in one shape and shows nothing of the inside', async () => {
    const paths = Object.values(ROUTES).map(({ path }) => path);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
        fc.oneof(fc.constantFrom(...paths), fc.webPath()),
        fc.oneof(fc.webQueryParameters(), fc.constant('')),
        text,
        async (method, path, query, body) => {
          const id = encodeURIComponent(Buffer.from(body.slice(0, 20)).toString());
          const response = await fetch(`${test.httpUrl}${path.replace(':id', id || 'c')}?${query}`, {
            method,
            ...(method !== 'GET' && { body }),
          });
          const answer = await response.text();
          expect(response.headers.get('x-request-id')).toMatch(/^req_/);
          expect(answer).not.toMatch(/node_modules|\.ts:|at file:/);
          if (response.status >= 400) {
            expect(Object.keys(ERRORS)).toContain(JSON.parse(answer).code);
            expect(response.status).toBe(ERRORS[JSON.parse(answer).code as keyof typeof ERRORS].status);
            expect(response.status).not.toBe(500);
          }
        },
      ),
      { numRuns: 250 },
    );
  });

  it('as bytes on either port leaves the next request served', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
        async (onHttp, bytes) => {
          const { port, hostname } = new URL(onHttp ? test.httpUrl : test.wsUrl);
          await new Promise<void>((resolve) => {
            const raw = connect(Number(port), hostname, () => raw.end(bytes));
            raw.on('error', () => undefined).on('close', () => resolve());
            raw.resume();
          });
          expect((await fetch(`${test.httpUrl}/health`)).status).toBe(200);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('as WebSocket bytes after the upgrade leaves the next request served', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 500 }), async (bytes) => {
        const wild = await openTestSocket(test.wsUrl);
        const raw = (wild.socket as unknown as { _socket: import('node:net').Socket })._socket;
        raw.end(bytes);
        await wild.closed;
        expect((await fetch(`${test.httpUrl}/health`)).status).toBe(200);
      }),
      { numRuns: 60 },
    );
  });
});
