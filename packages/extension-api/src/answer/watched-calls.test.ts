import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchAnswer } from './watch-answer.ts';
import { watchedCalls } from './watched-calls.ts';

const seen: IncomingHttpHeaders[] = [];
const server = createServer((request, response) => {
  seen.push(request.headers);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`data: ${request.url?.slice(1)}\n\n`);
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe('watched calls', () => {
  it('give each of several calls at once its own watch, and the server none of the names', async () => {
    const calls = watchedCalls();
    const paths = ['end', 'more', 'end', 'more', 'more'];
    const complete = await Promise.all(
      paths.map(async (path) => {
        const watch = watchAnswer({ isTerminal: (data) => data === 'end' });
        const response = await calls.run(watch, (headers) => calls.fetch(`${url}/${path}`, { headers }));
        await response.text();
        return watch.isComplete();
      }),
    );
    expect(complete).toEqual([true, false, true, false, false]);
    expect(seen).toHaveLength(5);
    expect(seen.flatMap(Object.keys).filter((name) => name.includes('dispatch'))).toEqual([]);
  });

  it('pass a request of no call on as it is', async () => {
    const response = await watchedCalls().fetch(`${url}/plain`, { headers: { authorization: 'Bearer k' } });
    expect(await response.text()).toBe('data: plain\n\n');
    expect(seen.at(-1)).toMatchObject({ authorization: 'Bearer k' });
  });
});
