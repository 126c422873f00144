import { once } from 'node:events';
import {
  encodeFrame,
  LINK_VERSION,
  type LinkDownFrame,
  parseLinkUpFrame,
  readSurfaceTopic,
  turnTopic,
} from '@dispatch/link';
import { inLanes } from '../fuzz/in-lanes.ts';
import { openRaw, type RawConnection, writeIfOpen } from '../fuzz/raw-connection.ts';
import type { Attack } from '../harness.ts';
import { codecInput, randomParts } from './codec-inputs.ts';
import { AT_ONCE_MS, downFrames, type EventsTarget, greeted, hello } from './events-link.ts';
import { brokenUpFrame, watchFrame } from './up-frames.ts';

/** A link that says no hello is closed after 5 s. */
const NO_HELLO_MS = 12_000;
const LANES = 12;
/** More connections than the kernel takes. */
const CROWD = 120;
const HALF_LINKS = 16;
/** Watches one link asks for without reading an answer: some 32 MB of them. */
const FLOOD = 30_000;
const FLOOD_BLOCK = 100;

/** Links that do not know the secret, or do not speak the protocol, and links of a gateway gone mad. */
export async function attackEventsSocket(target: EventsTarget, attack: Attack, links: number): Promise<void> {
  await inLanes(
    LANES,
    links,
    () => !target.isAlive(),
    async (index) => {
      const kind = index % 4;
      if (kind === 0) await strangers(target, attack);
      else if (kind === 1) await garbageBehindHello(target, attack);
      else if (kind === 2) await brokenFrameBehindHello(target, attack);
      else await oddWatches(target, attack);
    },
  );
  if (target.isAlive()) await watchFlood(target, attack);
}

/** Nobody is let in without the secret, and nobody is told more than that the link is over. */
async function strangers(
  { path, secret }: EventsTarget,
  { random, count, violation }: Attack,
): Promise<void> {
  const link = await openRaw({ path });
  const wrong = random.pick<() => Buffer>([
    () => hello('0'.repeat(secret.length)),
    () => hello(secret.slice(1)),
    () => hello(secret.toUpperCase()),
    () => hello(''),
    () => hello(secret, LINK_VERSION + 1),
    () => encodeFrame({ type: 'hello', v: LINK_VERSION, gatewayId: '', secret }),
    () => encodeFrame({ type: 'hello', v: LINK_VERSION, gatewayId: 'g', secret: [secret] }),
    () => encodeFrame(watchFrame(random, 'c')),
    () => encodeFrame({ value: brokenUpFrame(random) }),
    () => Buffer.concat([Buffer.from([0xff, 0xff, 0xff, random.integer(0, 255)]), random.bytes(40)]),
    () => Buffer.concat([Buffer.from([0, 0, 0, 8]), random.bytes(8)]),
    () => Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  ])();
  for (const part of randomParts(wrong, random)) writeIfOpen(link.socket, part);
  if (!(await link.closedWithin(AT_ONCE_MS)))
    violation(`S-17: a stranger stays linked after ${wrong.toString('hex')}`);
  if (link.received().length > 0) violation(`S-17: a stranger was told ${link.received().length} bytes`);
  link.socket.destroy();
  count('links of strangers');
}

/** A link that said hello and then sends bytes: dropped when they are wrong, kept while more could come. */
async function garbageBehindHello(target: EventsTarget, { random, count, violation }: Attack): Promise<void> {
  const link = await greeted(target);
  const bytes = Buffer.concat([codecInput(random), Buffer.from([0xff, 0xff, 0xff, 0xff])]);
  for (const part of randomParts(bytes, random)) writeIfOpen(link.socket, part);
  // Behind a frame that never ends the four bytes are part of its body; then nothing is wrong yet.
  link.socket.end();
  if (!(await link.closedWithin(AT_ONCE_MS))) violation('L4: a link that was ended is not closed');
  link.socket.destroy();
  count('links with garbage');
}

async function brokenFrameBehindHello(
  target: EventsTarget,
  { random, count, violation }: Attack,
): Promise<void> {
  const link = await greeted(target);
  const text = brokenUpFrame(random);
  const body = Buffer.from(text, 'utf8');
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  writeIfOpen(link.socket, Buffer.concat([header, body]));
  const isRefused = !isUpFrame(text) || body.length > 64 * 1024 || /^\{"type":"hello"/.test(text);
  if (isRefused && !(await link.closedWithin(AT_ONCE_MS))) {
    violation(`L4: the kernel keeps a link that sent ${text.slice(0, 300)}`);
  }
  link.socket.destroy();
  count('links with broken frames');
}

function isUpFrame(text: string): boolean {
  try {
    return parseLinkUpFrame(JSON.parse(text)) !== undefined;
  } catch {
    return false;
  }
}

/** Watches of any conversation or surface at any cursor: each is answered by one `watched` or `unwatched`, and the link stays. */
async function oddWatches(target: EventsTarget, { random, count, violation }: Attack): Promise<void> {
  const link = await greeted(target);
  const frames = Array.from({ length: random.integer(5, 40) }, (_, index) => watchFrame(random, `c${index}`));
  const bytes = Buffer.concat(frames.map((frame) => encodeFrame(frame)));
  for (const part of randomParts(bytes, random)) writeIfOpen(link.socket, part);
  const watched = (): number => downFrames(link).filter(endsAsking).length;
  await link.until(() => watched() >= frames.length, AT_ONCE_MS);
  if (watched() !== frames.length) {
    violation(
      `L4: ${watched()} of ${frames.length} watches were answered: ${JSON.stringify(frames).slice(0, 2_000)}`,
    );
  }
  link.socket.destroy();
  const surfaces = frames.filter(({ topic }) => readSurfaceTopic(topic) !== undefined);
  count('odd watches', frames.length);
  count('odd watches of surfaces', surfaces.length);
}

const endsAsking = (frame: LinkDownFrame): boolean =>
  'type' in frame && (frame.type === 'watched' || frame.type === 'unwatched');

/** Connections that say nothing, or the beginning of something: gone after their time, and nobody else notices. */
export async function silentCrowd(target: EventsTarget, attack: Attack): Promise<void> {
  const { path, secret } = target;
  const { count, violation, random } = attack;
  const halves = await Promise.all(Array.from({ length: HALF_LINKS }, () => halfFrame(target, attack)));
  const links = await Promise.all(
    Array.from({ length: CROWD }, async () => {
      const link = await openRaw({ path });
      const half = hello(secret);
      writeIfOpen(link.socket, half.subarray(0, random.integer(0, half.length - 1)));
      return link;
    }),
  );
  const closed = await Promise.all(links.map((link) => link.closedWithin(NO_HELLO_MS)));
  const left = closed.filter((isClosed) => !isClosed).length;
  if (left > 0) violation(`L4: ${left} of ${CROWD} links that never said hello are still open`);
  if (halves.some(({ socket }) => socket.closed))
    violation('L4: a link was closed over a frame that had only begun');
  for (const link of [...links, ...halves]) link.socket.destroy();
  count('silent links', CROWD);
  count('links with half a frame', halves.length);
}

/** A link that is welcome, and in the middle of a frame whose end does not come. */
async function halfFrame(target: EventsTarget, { random }: Attack): Promise<RawConnection> {
  const link = await greeted(target);
  const whole = encodeFrame(watchFrame(random, 'half'));
  writeIfOpen(link.socket, whole.subarray(0, random.integer(1, whole.length - 1)));
  return link;
}

/** A gateway that asks and asks and never reads: the kernel holds no more for it than it said, and hangs up. */
async function watchFlood(target: EventsTarget, { count, violation }: Attack): Promise<void> {
  const link = await greeted(target);
  link.socket.pause();
  const topic = turnTopic('x'.repeat(1_000));
  const who = { userId: 'u', sessionId: 'local', scopes: ['chat:read'] };
  const deadline = performance.now() + 30_000;
  let sent = 0;
  // Each answer is as long as its question, and the kernel may hold 8 MiB of them.
  for (; link.socket.writable && sent < FLOOD && performance.now() < deadline; sent += FLOOD_BLOCK) {
    const frames = Array.from({ length: FLOOD_BLOCK }, (_, index) =>
      encodeFrame({ type: 'watch', conn: `c${sent + index}`, topic, ...who }),
    );
    if (link.socket.write(Buffer.concat(frames))) await new Promise((resolve) => setImmediate(resolve));
    else await Promise.race([once(link.socket, 'drain').catch(() => undefined), link.closed]);
  }
  count('watches in a flood', sent);
  link.socket.resume();
  if (!(await link.closedWithin(10_000)))
    violation(`L1: a link that read none of ${sent} answers is still open`);
  link.socket.destroy();
}
