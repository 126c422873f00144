import { createCoverage } from '../fuzz/coverage.ts';
import { inLanes } from '../fuzz/in-lanes.ts';
import { openRaw, type RawConnection, writeIfOpen } from '../fuzz/raw-connection.ts';
import type { Attack } from '../harness.ts';
import { ANY_CLOSE, BROKEN, oddButRight } from './broken-frames.ts';
import {
  closeCodeIn,
  frameBytes,
  readServerFrames,
  type ServerFrame,
  TEXT,
  upgradeRequest,
} from './websocket-bytes.ts';

const LANES = 6;
const ANSWER_MS = 10_000;
/** Nothing need come of some bytes; then this is long enough to wait. */
const MAYBE_MS = 60;
const HEAD_END = Buffer.from('\r\n\r\n');

/** Sockets that speak WebSocket byte by byte: odd but right frames are answered, and what breaks the protocol ends that socket alone. */
export async function fuzzWebSockets(
  ports: readonly number[],
  isAlive: () => boolean,
  attack: Attack,
  sockets: number,
): Promise<void> {
  const { random, count } = attack;
  const coverage = createCoverage();
  const names = Object.keys(BROKEN);
  await inLanes(
    LANES,
    sockets,
    () => !isAlive(),
    async (index) => {
      const socket = await openWebSocket(ports[Math.floor(index / names.length) % ports.length] ?? 0);
      for (let rest = random.integer(0, 6); rest > 0; rest -= 1) {
        await askOddly(socket, `odd-${index}-${rest}`, attack);
      }
      const name = names[index % names.length] ?? '';
      coverage.hit(name);
      await breakProtocol(socket, name, attack);
      socket.connection.socket.destroy();
      count('WebSockets broken');
    },
  );
  coverage.check(names, sockets / names.length - 1, attack);
}

interface OpenedWebSocket {
  readonly connection: RawConnection;
  /** Frames since the handshake. */
  frames(): readonly ServerFrame[];
}

/** A raw connection whose handshake is done. */
export async function openWebSocket(port: number): Promise<OpenedWebSocket> {
  const connection = await openRaw({ port, host: '127.0.0.1' });
  connection.socket.write(upgradeRequest(port));
  await connection.until((bytes) => bytes.includes(HEAD_END), ANSWER_MS);
  const head = connection.received().indexOf(HEAD_END) + HEAD_END.length;
  if (!connection.received().subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) {
    throw new Error(`no handshake: ${connection.received().toString('latin1').slice(0, 200)}`);
  }
  return { connection, frames: () => readServerFrames(connection.received().subarray(head)) };
}

async function askOddly(
  socket: OpenedWebSocket,
  id: string,
  { random, count, violation }: Attack,
): Promise<void> {
  const frames = oddButRight(random, id);
  count('WebSocket frames', frames.length);
  writeInParts(socket.connection, Buffer.concat(frames), attackParts(random.integer(0, 3)));
  const isAnswered = (): boolean => socket.frames().some((frame) => saysAck(frame, id));
  if (!(await socket.connection.until(isAnswered, ANSWER_MS))) {
    violation(
      `L4: odd but right frames are not answered: ${Buffer.concat(frames).toString('hex').slice(0, 300)}`,
    );
  }
}

function saysAck({ opcode, payload }: ServerFrame, id: string): boolean {
  return opcode === TEXT && payload.includes(`"ack"`) && payload.includes(`"${id}"`);
}

async function breakProtocol(
  socket: OpenedWebSocket,
  name: string,
  { random, count, violation }: Attack,
): Promise<void> {
  const { frames, closes } = BROKEN[name]?.(random) ?? { frames: [] };
  count('WebSocket frames', frames.length);
  const bytes = Buffer.concat(frames);
  writeInParts(socket.connection, bytes, attackParts(random.integer(0, 3)));
  const code = (): number | undefined => closeCodeIn(socket.frames());
  await socket.connection.until(() => code() !== undefined, closes === undefined ? MAYBE_MS : ANSWER_MS);
  const isRight =
    closes === undefined
      ? code() === undefined || ANY_CLOSE.includes(code() ?? 0)
      : closes.includes(code() ?? 0);
  if (!isRight) violation(`S-21: ${name} is closed with ${code()}: ${bytes.toString('hex').slice(0, 200)}`);
  if (code() === 1009 && !socket.frames().some(({ payload }) => payload.includes('frame-too-large'))) {
    violation(`S-21: ${name} is closed without a word`);
  }
}

/** Sizes of the writes that bytes are sent in: all at once, or small ones. */
function attackParts(kind: number): number {
  return kind === 0 ? 1 : kind === 1 ? 7 : Number.POSITIVE_INFINITY;
}

/** Small writes only for what is short; the system would put the rest together anyway. */
function writeInParts({ socket }: RawConnection, bytes: Buffer, size: number): void {
  const step = bytes.length > 300 ? bytes.length : size;
  for (let at = 0; at < bytes.length; at += step) {
    writeIfOpen(socket, bytes.subarray(at, Math.min(bytes.length, at + step)));
  }
}

/** Somebody who asks for long answers and reads none: sent away before the gateway holds more than it says. */
export async function askWithoutReading(port: number, attack: Attack): Promise<void> {
  const socket = await openWebSocket(port);
  const { connection } = socket;
  connection.socket.pause();
  const ask = frameBytes(
    { payload: JSON.stringify({ type: 'chat.nothing', conversationId: 'x'.repeat(200_000) }) },
    attack.random,
  );
  const deadline = performance.now() + 15_000;
  let sent = 0;
  while (connection.socket.writable && performance.now() < deadline && sent < 400) {
    sent += 1;
    if (connection.socket.write(ask)) await new Promise((resolve) => setImmediate(resolve));
    else
      await Promise.race([
        new Promise((resolve) => connection.socket.once('drain', resolve)),
        connection.closedWithin(500),
      ]);
  }
  connection.socket.resume();
  if (!(await connection.closedWithin(15_000))) {
    attack.violation(`L1: a socket that read none of ${sent} long answers is still open`);
  }
  const code = closeCodeIn(socket.frames());
  attack.count('answers not read', sent);
  attack.note(`a socket that read nothing of ${sent} long answers was closed with ${code ?? 'a cut'}`);
  connection.socket.destroy();
}
