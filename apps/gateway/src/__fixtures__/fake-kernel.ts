import { rmSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import {
  conversationOfTopic,
  decodePrincipal,
  encodeFrame,
  FrameDecoder,
  LINK_SECRET_HEADER,
  LINK_VERSION,
  type LinkDownFrame,
  type LinkUpFrame,
  type LinkWatchFrame,
  PRINCIPAL_HEADER,
  type Principal,
  readSurfaceTopic,
  type StartTurnBody,
  type SurfaceTopicParts,
  socketPaths,
  type Topic,
  writeLinkSecret,
} from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import type { AgentEvent } from '@dispatch/wire';
import type { FakeAnswer, SeenRequest } from './fake-answer.ts';
import { FakeIdentity } from './fake-identity.ts';
import { eventOf, FakeStore, type FakeTurn, isSealed, started, startOf } from './fake-store.ts';
import { type FakeState, FakeSurfaces } from './fake-surfaces.ts';
import { listen } from './listen.ts';

let boots = 0;

/** Both sockets of a kernel, with turns that a test scripts. `kill` ends it as SIGKILL would; the store survives. */
export class FakeKernel {
  readonly store: FakeStore;
  readonly requests: SeenRequest[] = [];
  readonly upFrames: LinkUpFrame[] = [];
  /** Runs a started turn; the default writes a short answer at once. */
  onTurn: (turn: FakeTurn, body: StartTurnBody) => void;
  /** Answers every other request. */
  onRequest: (request: SeenRequest) => FakeAnswer | Promise<FakeAnswer> = () => ({ status: 200, body: {} });
  /** Answers the gateway's question whether turns can start. */
  readiness: FakeAnswer = { status: 200, body: { ok: true } };
  /** Answers `watch` later, to hold a gateway in its reconnect. */
  holdWatches = false;
  readonly surfaces = new FakeSurfaces();
  readonly identity = new FakeIdentity();
  /** Holds updates of surfaces back, as a link does that is slower than rpc.sock. */
  holdUpdates = false;
  #updates: FakeState[] = [];
  readonly #secret: string;
  readonly #links = new Map<Socket, Map<string, string>>();
  readonly #sockets = new Set<Socket>();
  #held: (() => void)[] = [];
  #servers: Server[] = [];

  constructor(store = new FakeStore()) {
    this.store = store;
    boots += 1;
    this.#secret = `secret-${boots}`;
    this.onTurn = (turn, body) => this.play(turn, body.message, ['Hel', 'lo']);
  }

  static async start(dataDirectory: string, store = new FakeStore()): Promise<FakeKernel> {
    const kernel = new FakeKernel(store);
    const paths = socketPaths(dataDirectory);
    for (const path of [paths.rpc, paths.events]) rmSync(path, { force: true });
    writeLinkSecret(dataDirectory, kernel.#secret);
    const rpc = createHttpServer((incoming, outgoing) => void kernel.#serve(incoming, outgoing));
    const events = createServer((socket) => kernel.#accept(socket));
    rpc.on('connection', (socket) => kernel.#track(socket));
    kernel.#servers = [rpc, events];
    await Promise.all([listen(rpc, paths.rpc), listen(events, paths.events)]);
    return kernel;
  }

  kill(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Closes the links alone, as a kernel does with a gateway that does not read. */
  dropLinks(): void {
    for (const socket of this.#links.keys()) socket.destroy();
  }

  /** Stops reading from the gateways, as a kernel does that is busy. */
  pauseLinks(): void {
    for (const socket of this.#links.keys()) socket.pause();
  }

  resumeLinks(): void {
    for (const socket of this.#links.keys()) socket.resume();
  }

  get linkCount(): number {
    return this.#links.size;
  }

  releaseWatches(): void {
    this.holdWatches = false;
    for (const answer of this.#held.splice(0)) answer();
  }

  /** Stores an event of a turn and publishes it to who watches. */
  emit(turn: FakeTurn, type: string, fields: Record<string, unknown> = {}): void {
    const event = eventOf(turn, type, fields);
    turn.events.push(event);
    const frame = { type: 'chat.delta', event, n: turn.events.length - 1 } as const;
    const topic = `turn:${turn.conversationId}` as const;
    this.publish(topic, frame);
  }

  /** Any frame to who watches the topic. */
  publish(topic: Topic, frame: WsServerMessage, mark?: number): void {
    for (const [socket, watches] of this.#links) {
      if ([...watches.values()].includes(topic))
        this.#send(socket, { topic, frame, ...(mark !== undefined && { mark }) });
    }
  }

  /** The surface changed. */
  update(surfaceId: string, conversationId?: string): void {
    this.surfaces.raise();
    this.#publishState(this.surfaces.state(surfaceId, conversationId, 'update'));
  }

  releaseUpdates(): void {
    this.holdUpdates = false;
    for (const update of this.#updates.splice(0)) this.#publishState(update);
  }

  /** Tells every gateway the catalog as it is now. */
  pushCatalog(): void {
    this.tell({ type: 'catalog', catalog: this.surfaces.catalog });
  }

  /** Any frame to every gateway. */
  tell(frame: LinkDownFrame): void {
    for (const socket of this.#links.keys()) this.#send(socket, frame);
  }

  #publishState(state: FakeState | undefined): void {
    if (state === undefined) return;
    if (this.holdUpdates) this.#updates.push(state);
    else this.publish(state.topic, state.frame, state.mark);
  }

  begin(turn: FakeTurn, message: string): void {
    this.emit(turn, 'user-message', { text: message });
    this.emit(turn, 'turn-start');
  }

  seal(turn: FakeTurn, reason = 'stop'): void {
    this.emit(turn, 'done', { reason });
    this.emit(turn, 'turn-sealed');
  }

  /** A whole turn at once. */
  play(turn: FakeTurn, message: string, deltas: readonly string[]): void {
    this.begin(turn, message);
    for (const delta of deltas) this.emit(turn, 'text-delta', { delta });
    this.seal(turn);
  }

  /** Seals what an earlier kernel left running, as a boot does before anybody is served. */
  recover(): void {
    for (const turn of this.store.turns.filter((one) => !isSealed(one))) this.seal(turn, 'interrupted');
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
  }

  #accept(socket: Socket): void {
    this.#track(socket);
    const decoder = new FrameDecoder();
    socket.on('data', (bytes) => decoder.push(bytes, (frame) => this.#receive(socket, frame as LinkUpFrame)));
    socket.on('close', () => this.#links.delete(socket));
  }

  #send(socket: Socket, frame: LinkDownFrame): void {
    socket.write(encodeFrame(frame));
  }

  #receive(socket: Socket, frame: LinkUpFrame): void {
    this.upFrames.push(frame);
    if (frame.type === 'hello') {
      if (frame.secret !== this.#secret || frame.v !== LINK_VERSION) return void socket.destroy();
      this.#links.set(socket, new Map());
      const welcome = { type: 'welcome', v: LINK_VERSION, bootId: this.#secret } as const;
      this.#send(socket, { ...welcome, epoch: this.store.epoch, catalog: this.surfaces.catalog });
    } else if (frame.type === 'unwatch') {
      this.#links.get(socket)?.delete(frame.conn);
    } else if (this.holdWatches) {
      this.#held.push(() => this.#watch(socket, frame));
    } else {
      this.#watch(socket, frame);
    }
  }

  #watchSurface(socket: Socket, { conn, topic }: LinkWatchFrame, asked: SurfaceTopicParts): void {
    const { surfaceId, conversationId } = asked;
    const state = this.surfaces.state(surfaceId, conversationId, 'surface');
    if (state === undefined) {
      const message = 'there is no surface of this id';
      const frame = { type: 'error', surfaceId, message, code: 'unknown-surface' } as const;
      this.#send(socket, { conn, topic, frame });
      this.#send(socket, { type: 'unwatched', conn, topic });
      return;
    }
    this.#links.get(socket)?.set(conn, state.topic);
    this.#send(socket, { conn, topic, frame: state.frame, mark: state.mark });
    this.#send(socket, { type: 'watched', conn, topic, live: state.topic });
  }

  #watch(socket: Socket, watch: LinkWatchFrame): void {
    const { conn, topic, after } = watch;
    const surface = readSurfaceTopic(topic);
    if (surface !== undefined) {
      this.#watchSurface(socket, watch, surface);
      return;
    }
    const conversationId = conversationOfTopic(topic);
    const turns = this.store.ofConversation(conversationId);
    const running = this.store.running(conversationId);
    const give = (turn: FakeTurn, from: number): void => {
      for (let n = from; n < turn.events.length; n += 1) {
        const event = turn.events[n] as AgentEvent;
        this.#send(socket, { conn, topic, frame: { type: 'chat.delta', event, n } });
      }
    };
    const start = startOf(turns, after);
    if (typeof start === 'string') {
      const frame = { type: 'chat.reset', conversationId, reason: start } as const;
      this.#send(socket, { conn, topic, frame });
    }
    if (typeof start === 'object') {
      for (const turn of turns.slice(start.index)) give(turn, turn === turns[start.index] ? start.n : 0);
    } else if (running) {
      give(running, 0);
    }
    this.#links.get(socket)?.set(conn, topic);
    const at = running
      ? { turnId: running.id, n: running.events.length - 1 }
      : { behind: turns.at(-1)?.id ?? null };
    this.#send(socket, { type: 'watched', conn, topic, at });
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
    this.requests.push(request);
    const isTrusted = headers[LINK_SECRET_HEADER] === this.#secret && principalOf(headers) !== undefined;
    const answer = isTrusted
      ? await this.#answer(request)
      : { status: 503, body: problem('kernel-unavailable') };
    if (answer === 'cut') return void incoming.socket.destroy();
    outgoing.writeHead(answer.status, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify(answer.body));
  }

  #answer(request: SeenRequest): FakeAnswer | Promise<FakeAnswer> {
    if (request.path === '/internal/ready') return this.readiness;
    const principal = principalOf(request.headers);
    const known = principal && this.identity.answer(request, principal);
    if (known !== undefined) return known;
    if (request.path === '/internal/surfaces/invoke') {
      const { answer, update } = this.surfaces.invoke(JSON.parse(request.body));
      this.#publishState(update);
      return { status: 200, body: answer };
    }
    if (request.path !== '/internal/turns') return this.onRequest(request);
    const { outcome, turn } = this.store.admit(request.body);
    if (outcome === 'mismatch') return { status: 422, body: problem('idempotency-mismatch') };
    if (outcome === 'started') this.onTurn(turn, JSON.parse(request.body));
    return started(outcome, turn);
  }
}

function principalOf(headers: IncomingMessage['headers']): Principal | undefined {
  return decodePrincipal(String(headers[PRINCIPAL_HEADER]));
}

/** The body of a refusal. */
export function problem(code: string): object {
  return { error: `refused: ${code}`, code, retryable: false, requestId: 'req_kernel' };
}
