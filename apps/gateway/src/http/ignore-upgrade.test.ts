import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { pause, until } from '../__fixtures__/until.ts';

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

const OFFER =
  'Host: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n';

/** Writes the pieces one after the other on one connection until the answers hold `ending`. */
function exchange(pieces: readonly string[], ending: string, url = test.httpUrl): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port, hostname } = new URL(url);
    let answer = '';
    const socket = connect(Number(port), hostname, async () => {
      for (const piece of pieces) {
        socket.write(piece);
        await pause(20);
      }
    });
    socket.on('data', (data) => {
      answer += data;
      if (answer.includes(ending)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
    setTimeout(() => socket.destroy(), 20_000);
  });
}

describe('an offer to upgrade to anything but WebSocket', () => {
  it('is ignored: the request is served, and the connection goes on', async () => {
    const asked = `GET /health HTTP/1.1\r\n${OFFER}\r\n`;
    const answer = await exchange(
      [asked, asked, 'GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n'],
      'not-found',
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404']);
    expect(answer).toMatch(/x-request-id: req_/i);
  });

  it('keeps its turn behind requests that are still answered', async () => {
    let letGo: (() => void) | undefined;
    test.kernel.onRequest = async () => {
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      return { status: 200, body: { first: true } };
    };
    const pieces = [`GET /models HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health HTTP/1.1\r\n${OFFER}\r\n`];
    const answered = exchange(pieces, '"ok":true');
    await until('the first is asked', () => letGo !== undefined);
    await pause(200);
    letGo?.();
    const answer = await answered;
    expect(answer.indexOf('"first":true')).toBeGreaterThan(0);
    expect(answer.indexOf('"ok":true')).toBeGreaterThan(answer.indexOf('"first":true'));
  });

  const body = JSON.stringify({ conversationId: 'h2c', message: 'grüße' });
  const length = Buffer.byteLength(body);
  const head = `POST /chat HTTP/1.1\r\n${OFFER}Content-Type: application/json\r\n`;
  it.each([
    ['with the head', [`${head}Content-Length: ${length}\r\n\r\n${body}`]],
    ['after the head', [`${head}Content-Length: ${length}\r\n\r\n`, body.slice(0, 9), body.slice(9)]],
    [
      'in chunks',
      [`${head}Transfer-Encoding: chunked\r\n\r\n`, `${length.toString(16)}\r\n${body}`, '\r\n0\r\n\r\n'],
    ],
    ['after a 100', [`${head}Expect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`, body]],
  ])('may carry a chat whose body comes %s', async (_when, pieces) => {
    const answer = await exchange(pieces, '"turn-sealed"');
    expect(answer).toMatch(/HTTP\/1\.1 200 OK/);
    expect(answer).toContain('"text":"grüße"');
    expect(answer).toContain('"turn-sealed"');
  });

  it('is refused like any request: by the access check, and with 426 on the WebSocket port', async () => {
    const foreign = await exchange(
      [`GET /health HTTP/1.1\r\n${OFFER}Origin: https://evil.example\r\n\r\n`],
      '}',
    );
    expect(foreign).toMatch(/^HTTP\/1\.1 403 /);
    const wsPort = test.wsUrl.replace('ws', 'http');
    const other = await exchange([`GET /health HTTP/1.1\r\n${OFFER}\r\n`], '}', wsPort);
    expect(other).toMatch(/^HTTP\/1\.1 426 /);
    expect(other).toContain('upgrade-required');
  });
});
