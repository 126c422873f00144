import { Agent, type IncomingMessage, request } from 'node:http';
import {
  encodePrincipal,
  LINK_SECRET_HEADER,
  PRINCIPAL_HEADER,
  type Principal,
  type Secret,
} from '@dispatch/link';
import { ERRORS } from '@dispatch/transport-contract';
import type { Logger } from 'pino';
import { type Clock, sleep } from '../clock.ts';

/** How long a request waits for a kernel that is starting again. */
export const HOLD_MS = 2_000;
/** Pause before connecting again to a socket that refused although the link stands. */
const REFUSED_PAUSE_MS = 25;
/** A kernel that has not answered by then is not going to. Longer than the 60 s it gives an extension's route. */
const ANSWER_MS = 65_000;
/** Below the 5 s after which a Node server closes an idle connection, so that none is reused at that instant. */
const IDLE_CONNECTION_MS = 3_000;
const ANSWER_CAP_BYTES = 256 * 1024 * 1024;

export interface RpcRequest {
  readonly method: string;
  /** Path and query as the kernel is to see them. */
  readonly path: string;
  /** Further headers; never the two that prove who asks. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly principal: Principal;
  /** Doing it twice has the effect of doing it once, so a cut answer may be asked for again. */
  readonly repeatable: boolean;
}

export interface RpcAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** The kernel gave no answer. Whether it acted on the request is unknown unless it was never sent. */
export class KernelUnavailable extends Error {
  override readonly name = 'KernelUnavailable';
}

/** `unsent`: no byte of it reached the kernel. `cut`: it may have acted, and the answer is lost. */
type Attempt = RpcAnswer | 'unsent' | 'cut';

interface LinkState {
  readonly secret: Secret | undefined;
  whenUp(ms: number): Promise<boolean>;
}

/** Short questions and answers over rpc.sock. */
export class KernelRpc {
  readonly #path: string;
  readonly #link: LinkState;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 16, timeout: IDLE_CONNECTION_MS });

  constructor(options: { path: string; link: LinkState; clock: Clock; log: Logger }) {
    this.#path = options.path;
    this.#link = options.link;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  stop(): void {
    this.#agent.destroy();
  }

  /** Throws {@link KernelUnavailable} when there is no answer to give. */
  async request(asked: RpcRequest): Promise<RpcAnswer> {
    let deadline = this.#clock.mono() + HOLD_MS;
    let mayRepeat = asked.repeatable;
    for (;;) {
      const left = deadline - this.#clock.mono();
      const secret = (await this.#link.whenUp(left)) ? this.#link.secret : undefined;
      if (secret === undefined) throw new KernelUnavailable('the kernel is not running');
      const attempt = await this.#attempt(asked, secret);
      if (typeof attempt === 'object' && !isStranger(attempt)) return attempt;
      this.#log.debug({ path: asked.path }, 'asking the kernel again');
      // A stranger's request was not carried out: the kernel is a newer one than the link knows yet.
      if (attempt === 'cut') {
        if (!mayRepeat) throw new KernelUnavailable('the kernel stopped while it answered');
        mayRepeat = false;
        deadline = this.#clock.mono() + HOLD_MS;
      } else if (this.#clock.mono() >= deadline) {
        throw new KernelUnavailable('the kernel does not take requests');
      }
      await sleep(this.#clock, REFUSED_PAUSE_MS);
    }
  }

  #attempt(asked: RpcRequest, secret: Secret): Promise<Attempt> {
    return new Promise((resolve) => {
      let isConnected = false;
      const body = asked.body ?? Buffer.alloc(0);
      const outgoing = request({
        socketPath: this.#path,
        agent: this.#agent,
        method: asked.method,
        path: asked.path,
        headers: {
          ...asked.headers,
          host: 'localhost',
          [PRINCIPAL_HEADER]: encodePrincipal(asked.principal),
          [LINK_SECRET_HEADER]: secret.reveal(),
          'content-length': body.length,
        },
      });
      const cancel = this.#clock.after(ANSWER_MS, () => outgoing.destroy());
      const finish = (attempt: Attempt): void => {
        cancel();
        resolve(attempt);
      };
      outgoing.on('socket', (socket) => {
        if (!socket.connecting) isConnected = true;
        else socket.once('connect', () => (isConnected = true));
      });
      outgoing.on('error', () => finish(isConnected ? 'cut' : 'unsent'));
      outgoing.on('response', (incoming) => {
        collect(incoming).then(finish, () => finish('cut'));
      });
      outgoing.end(body);
    });
  }
}

/** The kernel did not take us for its gateway: our secret is that of an earlier start. */
function isStranger({ status, body }: RpcAnswer): boolean {
  return status === ERRORS['kernel-unavailable'].status && body.includes('"kernel-unavailable"');
}

async function collect(incoming: IncomingMessage): Promise<RpcAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > ANSWER_CAP_BYTES) throw new Error('the answer is too large to relay');
  }
  return { status: incoming.statusCode ?? 500, headers: incoming.headers, body: Buffer.concat(chunks) };
}
