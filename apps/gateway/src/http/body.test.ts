import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';

const MIB = 1024 * 1024;

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

/** Sends `size` bytes whatever is answered, and resolves with the answer and what was sent until it came. */
function upload(
  headers: string,
  size: number,
  chunked: boolean,
): Promise<{ answer: string; isReset: boolean }> {
  return new Promise((resolve) => {
    const { port, hostname } = new URL(test.httpUrl);
    const socket = connect(Number(port), hostname);
    const block = Buffer.alloc(64 * 1024, 'x');
    const framed = chunked ? Buffer.concat([Buffer.from('10000\r\n'), block, Buffer.from('\r\n')]) : block;
    let answer = '';
    let isReset = false;
    let sent = 0;
    const pump = (): void => {
      while (sent < size && !socket.destroyed) {
        sent += block.length;
        if (!socket.write(framed)) return void socket.once('drain', pump);
      }
      // Reads only now: an answer that a reset has destroyed is not there any more.
      if (chunked) socket.write('0\r\n\r\n');
      socket.on('data', (data) => {
        answer += data;
        if (answer.endsWith('}')) socket.end();
      });
    };
    socket.on('error', () => {
      isReset = true;
    });
    socket.on('close', () => resolve({ answer, isReset }));
    socket.write(`POST /chat HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n`);
    pump();
  });
}

describe('a body over the limit', () => {
  it.each([
    ['of 100 MB, announced', `Content-Length: ${100 * MIB}`, 100 * MIB, false],
    ['of 100 MB, in chunks', 'Transfer-Encoding: chunked', 100 * MIB, true],
    [
      'of 100 MB from a client that closes',
      `Connection: close\r\nContent-Length: ${100 * MIB}`,
      100 * MIB,
      false,
    ],
    [
      'of 100 MB in chunks from a client that closes',
      'Connection: close\r\nTransfer-Encoding: chunked',
      100 * MIB,
      true,
    ],
  ])('L1: %s gets its 413 to read, and is not held', async (_what, headers, size, chunked) => {
    const before = process.memoryUsage().rss;
    const { answer, isReset } = await upload(headers, size, chunked);
    expect(isReset).toBe(false);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"body-too-large"');
    expect(process.memoryUsage().rss - before).toBeLessThan(90 * MIB);
    expect(test.kernel.requests).toEqual([]);
  });

  it('L1: a client that asks first is refused before it sends', async () => {
    const { port, hostname } = new URL(test.httpUrl);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname);
      socket.once('data', (data) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.write(
        `POST /chat HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: ${2 * MIB}\r\n\r\n`,
      );
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('exactly 1 MiB is read', async () => {
    const empty = JSON.stringify({ message: '' }).length;
    const body = JSON.stringify({ message: 'x'.repeat(MIB - empty) });
    const response = await fetch(`${test.httpUrl}/chat`, { method: 'POST', body });
    expect(response.status).toBe(200);
    await response.text();
    expect((await fetch(`${test.httpUrl}/chat`, { method: 'POST', body: `${body} ` })).status).toBe(413);
  });
});
