import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer, type Socket } from 'node:net';
import {
  encodeFrame,
  FrameDecoder,
  IDENTITY_ROUTES,
  LINK_VERSION,
  socketPaths,
  type VerifyAnswer,
  type VerifyBody,
  writeLinkSecret,
} from '@dispatch/link';

const SECRET = 'benchmark';
const EPOCH = 'b'.repeat(32);
/** A token is this and the number of the user. */
export const TOKEN_PREFIX = 'dsp_user_';

/** The id of a user, as long as a real one. */
export const userIdOf = (user: number): string => `usr_${String(user).padStart(26, '0')}`;

/** The kernel's ends of both sockets, as far as a gateway that only delivers needs them: what is measured is the gateway. */
export interface BenchKernel {
  readonly epoch: string;
  /** Brings one event to so many users, from the first on. */
  publish(event: object, users: number): void;
  /** The next number of a user is one above this. */
  headOf(user: number): number;
  stop(): void;
}

export async function startBenchKernel(dataDir: string): Promise<BenchKernel> {
  const heads = new Map<string, number>();
  const ids: string[] = [];
  let link: Socket | undefined;
  const write = (frame: object) => void link?.write(encodeFrame(frame));
  const paths = socketPaths(dataDir);

  const events = createServer((socket) => {
    const decoder = new FrameDecoder();
    link = socket;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) =>
      decoder.push(bytes, (frame) => {
        const { type, userId, ask } = frame as {
          readonly type: string;
          readonly userId: string;
          readonly ask: number;
        };
        if (type === 'hello')
          write({ type: 'welcome', v: LINK_VERSION, bootId: 'bench', epoch: EPOCH, catalog: [] });
        if (type === 'user')
          write({ type: 'user-at', userId, ask, head: heads.get(userId) ?? 0, served: true });
      }),
    );
  });
  const rpc = createHttpServer(async (incoming, outgoing) => {
    const body = await bodyOf(incoming);
    const answer = incoming.url === IDENTITY_ROUTES.verify.path ? verified(body as VerifyBody) : { ok: true };
    outgoing.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  writeLinkSecret(dataDir, SECRET);
  await new Promise<void>((resolve) => rpc.listen(paths.rpc, resolve));
  await new Promise<void>((resolve) => events.listen(paths.events, resolve));
  return {
    epoch: EPOCH,
    headOf: (user) => heads.get(userIdOf(user)) ?? 0,
    publish(event, users) {
      for (let user = ids.length; user < users; user += 1) ids.push(userIdOf(user));
      const to = ids.slice(0, users).map((id) => {
        const seq = (heads.get(id) ?? 0) + 1;
        heads.set(id, seq);
        return [id, seq];
      });
      write({ to, frame: { type: 'user.event', event } });
    },
    stop() {
      link?.destroy();
      events.close();
      rpc.close();
      rpc.closeAllConnections();
    },
  };
}

function verified({ credential }: VerifyBody): VerifyAnswer {
  const user = 'secret' in credential ? Number(credential.secret.slice(TOKEN_PREFIX.length)) : 0;
  const userId = userIdOf(user);
  return {
    principal: { userId, sessionId: `tok_${user}`, scopes: ['chat:read', 'chat:write'] },
    user: { id: userId, name: `User ${user}`, role: 'member' },
    kind: 'token',
    expiresAt: null,
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return JSON.parse(Buffer.concat(pieces).toString('utf8') || 'null');
}
