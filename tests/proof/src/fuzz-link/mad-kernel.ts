import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import {
  encodeFrame,
  FrameDecoder,
  LINK_VERSION,
  type LinkUpFrame,
  LOCAL_OWNER,
  type SocketPaths,
} from '@dispatch/link';
import { hostileJson, hostileText } from '../fuzz/hostile-values.ts';
import { MUTATIONS, mutated } from '../fuzz/mutations.ts';
import type { Random } from '../random.ts';
import { codecInput } from './codec-inputs.ts';

/** The conversation whose watchers it tells nonsense. */
export const WATCHED = 'watched';
/** The surface whose subscribers it tells nonsense. */
export const SHOWN = 'shown';
const TOPIC = `turn:${WATCHED}`;
const SURFACE_TOPIC = `surface:${SHOWN}:${WATCHED}`;
const SPEC = {
  id: SHOWN,
  region: 'side',
  title: 'Shown',
  fields: [{ kind: 'stat', label: 'a', value: 'b' }],
};

/** Both sockets of a kernel that answers with bytes and frames no kernel sends. */
export interface MadKernel {
  /** Links the gateway made so far. */
  links(): number;
  close(): Promise<void>;
}

export async function startMadKernel(paths: SocketPaths, random: Random): Promise<MadKernel> {
  let links = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const events = createServer((socket) => {
    links += 1;
    keep(socket);
    const decoder = new FrameDecoder();
    socket.on('data', (bytes) => {
      decoder.push(bytes, (frame) => answerMadly(socket, frame as LinkUpFrame, random));
    });
  });
  const rpc = createHttpServer((_incoming, outgoing) => {
    const bodies = [
      '',
      '{',
      'null',
      '[]',
      '{}',
      '{"outcome":"started"}',
      '{"error":5,"code":"toString"}',
      '\u0000',
    ];
    outgoing.writeHead(random.pick([200, 200, 201, 204, 302, 400, 404, 418, 500, 503, 999]), {
      'content-type': random.pick(['application/json', 'text/html', 'x']),
    });
    outgoing.end(random.pick(bodies));
  });
  rpc.on('connection', keep);
  await Promise.all([listen(events, paths.events), listen(rpc, paths.rpc)]);
  return {
    links: () => links,
    close: async () => {
      const closed = [events, rpc].map(
        (server) => new Promise<void>((resolve) => server.close(() => resolve())),
      );
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

const WELCOME = { type: 'welcome', v: LINK_VERSION, bootId: 'boot', epoch: 'epoch', catalog: [] };

/** Mostly a right welcome first, so that what follows is taken in. */
function answerMadly(socket: Socket, frame: LinkUpFrame, random: Random): void {
  if (!socket.writable) return;
  if (frame.type === 'hello') {
    const isRight = random.chance(0.8);
    socket.write(isRight ? encodeFrame(WELCOME) : wrapped(mutated(WELCOME, random.pick(MUTATIONS), random)));
    if (isRight && random.chance(0.5)) return;
  }
  const ask = frame.type === 'user' ? frame.ask : -1;
  // Without an answer nobody is let in to be told nonsense.
  if (ask !== -1 && random.chance(0.8)) socket.write(encodeFrame(standAt(ask, random)));
  const conn = frame.type === 'watch' ? frame.conn : 'nobody';
  for (let rest = random.integer(1, 4); rest > 0; rest -= 1) {
    socket.write(random.chance(0.1) ? codecInput(random) : wrapped(downText({ conn, ask }, random)));
  }
  if (random.chance(0.2)) socket.end();
}

/** A frame a kernel could send, or one in which something is not as it should be. */
function downText({ conn, ask }: { conn: string; ask: number }, random: Random): string {
  const event = {
    type: random.pick(['text-delta', 'turn-sealed', 'done', hostileText(random)]),
    turnId: 't',
  };
  const delta = { type: 'chat.delta', n: random.integer(0, 3), event };
  const right = random.pick<object>([
    { type: 'watched', conn, topic: TOPIC, at: { behind: null } },
    { type: 'watched', conn, topic: TOPIC, at: { turnId: 't', n: 0 } },
    { topic: TOPIC, frame: delta },
    { conn, topic: TOPIC, frame: delta },
    { conn, topic: TOPIC, frame: { type: 'chat.reset', conversationId: WATCHED, reason: 'ahead' } },
    { topic: TOPIC, frame: hostileJson(random) },
    { conn, topic: TOPIC, frame: mutatedObject(delta, random) },
    WELCOME,
    ...surfaceFrames(conn, random),
    ...userFrames(ask, random),
  ]);
  return random.chance(0.3) ? JSON.stringify(right) : mutated(right, random.pick(MUTATIONS), random);
}

/** What a kernel could say of the place of somebody's stream. */
function standAt(ask: number, random: Random): object {
  const reason = random.pick([undefined, undefined, 'too-old', 'ahead']);
  const head = random.pick([0, 1, 500, Number.MAX_SAFE_INTEGER]);
  const at = { type: 'user-at', userId: LOCAL_OWNER, ask, head, served: reason === undefined };
  return reason === undefined ? at : { ...at, reason };
}

/** Numbers of a user that a kernel could give, in no order and with holes. */
function userFrames(ask: number, random: Random): readonly object[] {
  const to = [[LOCAL_OWNER, random.pick([1, 2, 3, 501, Number.MAX_SAFE_INTEGER])]];
  const event = { type: 'conversation.closed', conversationId: hostileText(random) };
  return [
    standAt(ask, random),
    { to, frame: { type: 'user.event', event } },
    { to: [...to, ...to], frame: { type: 'user.skip' } },
    { to, frame: { type: 'user.event', event: hostileJson(random) } },
  ];
}

/** Frames about surfaces that a kernel could send, to the wrong one, at the wrong time and in the wrong order. */
function surfaceFrames(conn: string, random: Random): readonly object[] {
  const topic = SURFACE_TOPIC;
  const mark = random.pick([0, 1, 7, Number.MAX_SAFE_INTEGER]);
  const surface = { type: 'surface', spec: SPEC, conversationId: WATCHED };
  const update = { type: 'update', update: { surfaceId: SHOWN, spec: SPEC, conversationId: WATCHED } };
  return [
    { conn, topic, frame: surface, mark },
    { conn, topic, frame: mutatedObject(surface, random), mark },
    { topic, frame: update, mark },
    { topic, frame: mutatedObject(update, random), mark },
    { type: 'watched', conn, topic },
    { type: 'watched', conn, topic, live: random.pick([topic, TOPIC, `surface:${SHOWN}`]) },
    { type: 'unwatched', conn, topic },
    { type: 'catalog', catalog: [{ id: SHOWN, region: 'side', title: 'Shown', scope: 'conversation' }] },
    { type: 'catalog', catalog: hostileJson(random) },
  ];
}

function mutatedObject(object: object, random: Random): unknown {
  try {
    // Nested too deep it could not be written again; that is done to the whole frame.
    const mutations = MUTATIONS.filter((mutation) => mutation !== 'nested-deep');
    return JSON.parse(mutated(object, random.pick(mutations), random));
  } catch {
    return null;
  }
}

function wrapped(text: string): Buffer {
  const body = Buffer.from(text, 'utf8');
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}

function listen(server: Server | HttpServer, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
}
