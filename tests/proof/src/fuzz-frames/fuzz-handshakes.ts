import { readAnswers } from '../fuzz/http-answers.ts';
import { inLanes } from '../fuzz/in-lanes.ts';
import { openRaw, writeIfOpen } from '../fuzz/raw-connection.ts';
import { faultOfErrorBody } from '../fuzz/refusals.ts';
import type { Attack } from '../harness.ts';
import type { Random } from '../random.ts';
import { upgradeRequest } from './websocket-bytes.ts';

const LANES = 6;
const ANSWER_MS = 10_000;
/** Headers must be there within 10 s, which is looked at every 5 s. */
const SLOW_MS = 30_000;
const SLOW_SOCKETS = 30;

/** Upgrades that are none: refused in the contract's words, or served as the plain HTTP they are. */
const HANDSHAKES: readonly ((port: number, random: Random) => string)[] = [
  (port) => upgradeRequest(port, { 'Sec-WebSocket-Key': null }),
  (port, random) =>
    upgradeRequest(port, { 'Sec-WebSocket-Key': random.pick(['', 'x', 'x'.repeat(500), '====', 'AAAA']) }),
  (port) => upgradeRequest(port, { 'Sec-WebSocket-Version': null }),
  (port, random) =>
    upgradeRequest(port, { 'Sec-WebSocket-Version': random.pick(['0', '7', '14', '13, 8', 'x', '']) }),
  (port, random) => upgradeRequest(port, {}, `${random.pick(['POST', 'PUT', 'DELETE', 'PATCH'])} / HTTP/1.1`),
  (port) => upgradeRequest(port, { 'Sec-WebSocket-Protocol': ',,' }),
  (port) => upgradeRequest(port, { 'Sec-WebSocket-Protocol': 'a, a' }),
  (port) => upgradeRequest(port, { 'Sec-WebSocket-Protocol': 'a b\u0080' }),
  (port) => upgradeRequest(port, { Origin: 'https://evil.example' }),
  (port) => upgradeRequest(port, { Origin: 'null' }),
  (port) => upgradeRequest(port, { Host: 'evil.example' }),
  (port) => upgradeRequest(port, { Host: null }),
  (port) => upgradeRequest(port, { 'X-Forwarded-For': '10.0.0.1' }),
  (port) => upgradeRequest(port, {}, 'GET /ws/user/usr_other HTTP/1.1'),
  (port) => upgradeRequest(port, {}, 'GET /% HTTP/1.1'),
  (port) => upgradeRequest(port, {}, 'GET http://evil.example/ HTTP/1.1'),
  (port) => upgradeRequest(port, { Connection: null }),
  (port) => upgradeRequest(port, { Upgrade: null }),
  (port, random) =>
    upgradeRequest(port, { Upgrade: random.pick(['h2c', 'websocket, h2c', 'x', '', 'WebSocket/13']) }),
  (port) => upgradeRequest(port, { 'X-Long': 'x'.repeat(20_000) }),
  (port) => upgradeRequest(port, { 'X-Bad\u0001': 'x' }),
  (port) => upgradeRequest(port, { 'X-Bad': 'a\u0000b' }),
  (port) => upgradeRequest(port, { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }),
  (port) => upgradeRequest(port, { 'Content-Length': 'x' }),
  (_port, random) => `\u00ff${random.bytes(random.integer(1, 300)).toString('latin1')}`,
];

/** Broken handshakes: none becomes a socket, each is answered, and the gateway goes on. */
export async function fuzzHandshakes(
  ports: readonly number[],
  isAlive: () => boolean,
  attack: Attack,
  handshakes: number,
): Promise<void> {
  const { random, count, violation } = attack;
  await inLanes(
    LANES,
    handshakes,
    () => !isAlive(),
    async (index) => {
      const port = ports[index % ports.length] ?? 0;
      const text = HANDSHAKES[index % HANDSHAKES.length]?.(port, random) ?? '';
      const connection = await openRaw({ port, host: '127.0.0.1' });
      writeIfOpen(connection.socket, Buffer.from(text, 'latin1'));
      const answer = () => readAnswers(connection.received(), [], connection.socket.closed).answers[0];
      await connection.until(() => answer() !== undefined, ANSWER_MS);
      const { status = 0, body, headers } = answer() ?? {};
      const shown = JSON.stringify(text.slice(0, 400));
      if (status < 400) violation(`S-21: a broken handshake is answered with ${status}: ${shown}`);
      const fault = faultOfErrorBody(status, String(body), headers?.['x-request-id']);
      const isForeignUser = status === 403 && String(body).includes('"not-found"');
      if (fault !== undefined && !isForeignUser) violation(`S-25: ${fault}: ${status} to ${shown}`);
      connection.socket.destroy();
      count('broken handshakes');
    },
  );
}

/** Clients that never come to the end of their request: sent away in time, so that they cannot fill the house. */
export async function slowHandshakes(ports: readonly number[], attack: Attack): Promise<void> {
  const { random, count, violation } = attack;
  await Promise.all(
    Array.from({ length: SLOW_SOCKETS }, async (_, index) => {
      const port = ports[index % ports.length] ?? 0;
      const connection = await openRaw({ port, host: '127.0.0.1' });
      const text = upgradeRequest(port);
      let at = random.integer(0, 20);
      writeIfOpen(connection.socket, text.slice(0, at));
      const drip = setInterval(() => {
        // One byte short of the end, for as long as it takes.
        if (at < text.length - 2) writeIfOpen(connection.socket, text.slice(at, at + 1));
        at += 1;
      }, 250);
      const isOver = await connection.closedWithin(SLOW_MS);
      clearInterval(drip);
      connection.socket.destroy();
      if (!isOver) violation('S-24: a handshake that never ends is still open');
      const said = connection.received().toString('latin1');
      if (isOver && !/^HTTP\/1\.1 408 /.test(said))
        violation(`S-24: a slow handshake is told ${said.slice(0, 80)}`);
      count('slow handshakes');
    }),
  );
}
