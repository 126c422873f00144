import { type RawAnswer, readAnswers } from '../fuzz/http-answers.ts';
import { openRaw, type RawConnection, writeIfOpen } from '../fuzz/raw-connection.ts';

/** A request as it is to stand in the bytes. */
export interface RawRequest {
  readonly method: string;
  /** Path and query, not encoded any further. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** One client that sends one request after the other over a connection it keeps, exactly as they are given. */
export interface HttpLane {
  /** The answer; a text says why there is none. */
  ask(request: RawRequest): Promise<RawAnswer | string>;
  close(): void;
}

/** Longest time an answer may take on a machine that is busy with other things. */
export const ANSWER_MS = 20_000;

export function createHttpLane(port: number): HttpLane {
  let connection: RawConnection | undefined;
  let read = 0;
  return {
    ask: async (request) => {
      for (let attempt = 0; ; attempt += 1) {
        const isFresh = connection === undefined || !connection.socket.writable;
        if (isFresh) read = 0;
        connection = isFresh ? await openRaw({ port, host: '127.0.0.1' }) : (connection as RawConnection);
        const { socket, received, until } = connection;
        const from = read;
        writeIfOpen(socket, requestBytes(request, port));
        const last = () => {
          const { answers, isBroken, rest } = readAnswers(
            received().subarray(from),
            [request.method],
            socket.closed,
          );
          const answer = answers.find(({ status }) => status >= 200);
          return { answer, isBroken, rest };
        };
        await until(() => last().answer !== undefined || last().isBroken, ANSWER_MS);
        const { answer, isBroken, rest } = last();
        if (answer === undefined && !isFresh && received().length === from && attempt === 0) {
          // It was closed while it was idle, as servers do; nothing of this request was seen.
          socket.destroy();
          continue;
        }
        if (answer === undefined) {
          socket.destroy();
          return isBroken
            ? 'the answer is no HTTP'
            : socket.closed
              ? 'the connection was cut'
              : 'no answer in time';
        }
        if (rest.length > 0) return `bytes behind the answer: ${rest.toString('latin1').slice(0, 80)}`;
        read = received().length;
        // Kept bytes are joined anew for every answer.
        if (answer.headers['connection'] === 'close' || read > 1_000_000) socket.destroy();
        return answer;
      }
    },
    close: () => connection?.socket.destroy(),
  };
}

/** With a Host and a length, unless the request brings its own. */
function requestBytes({ method, target, headers, body }: RawRequest, port: number): Buffer {
  const names = headers.map(([name]) => name.toLowerCase());
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  if (!names.includes('host')) lines.unshift(`Host: 127.0.0.1:${port}\r\n`);
  const hasLength = names.includes('content-length') || names.includes('transfer-encoding');
  if (!hasLength && (body.length > 0 || method === 'POST' || method === 'PUT')) {
    lines.push(`Content-Length: ${body.length}\r\n`);
  }
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'utf8'), body]);
}
