import { mintId } from '@dispatch/client';
import type { Clock } from '../clock.ts';
import { NoAnswerError, type RawAnswer, type RawRequest, rawRequest } from '../raw-http.ts';
import { type ProbeChat, startProbeChat } from './probe-chat.ts';
import { type GatewayManners, ProbeSocket } from './probe-socket.ts';

/** Which models the turns of a probe use. All of them one and the same, unless the demo models are there. */
export interface ProbeModels {
  /** For turns that only have to end. */
  readonly quick: string;
  /** For turns during which something is done. */
  readonly slow: string;
  /** For a turn that calls a tool. */
  readonly tools: string;
}

export interface ProbeSetup {
  /** Of the gateway, without a slash at its end. */
  readonly url: string;
  readonly clock: Clock;
  /** Silence after which something that must come counts as missing, in milliseconds. */
  readonly patienceMs: number;
  /** Say who asks, with every request and every socket. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: nothing of what is tried needs one. */
  readonly models: ProbeModels | undefined;
}

/** What experiments work with: one gateway, and a memory of what was left there. */
export class ProbeSession {
  readonly #setup: ProbeSetup;
  readonly #sockets: ProbeSocket[] = [];
  readonly #conversations = new Set<string>();
  readonly #manners: GatewayManners = { acks: true, pongs: true };

  constructor(setup: ProbeSetup) {
    this.#setup = setup;
  }

  get url(): string {
    return this.#setup.url;
  }

  get models(): ProbeModels {
    const { models } = this.#setup;
    if (models === undefined) throw new Error('no model was chosen');
    return models;
  }

  /** The id of a conversation nobody has used, recognisable as the probe's. */
  conversation(): string {
    const id = mintId('probe');
    this.#conversations.add(id);
    return id;
  }

  /** One that the gateway named; it is closed in the end, too. */
  remember(id: unknown): void {
    if (typeof id === 'string' && id !== '') this.#conversations.add(id);
  }

  /** Status 0: no answer came; the text says why. */
  async ask(
    method: string,
    path: string,
    request: Omit<RawRequest, 'method' | 'withinMs'> = {},
  ): Promise<RawAnswer> {
    const { url, clock, patienceMs } = this.#setup;
    const headers = { ...this.#setup.headers, ...request.headers };
    try {
      return await rawRequest(`${url}${path}`, { ...request, headers, method, withinMs: patienceMs }, clock);
    } catch (error) {
      const text = error instanceof NoAnswerError ? error.message : String(error);
      return { status: 0, headers: new Headers(), text, json: undefined };
    }
  }

  /** `POST /chat` as it comes in. */
  chat(body: object, headers: Readonly<Record<string, string>> = {}): ProbeChat {
    return startProbeChat(this.#setup, body, { ...this.#setup.headers, ...headers });
  }

  async open(path = '/ws'): Promise<ProbeSocket> {
    const { url, clock, patienceMs, headers } = this.#setup;
    const address = `${url.replace(/^http/, 'ws')}${path}`;
    const socket = await ProbeSocket.open(address, { clock, patienceMs, headers, manners: this.#manners });
    this.#sockets.push(socket);
    const hello = await socket.frame(({ type }) => type === 'hello' || type === 'catalog');
    const capabilities = hello?.['capabilities'];
    if (!Array.isArray(capabilities) || !capabilities.includes('ack')) this.#manners.acks = false;
    // One from before hello knows no ping.
    if (hello?.type !== 'hello') this.#manners.pongs = false;
    return socket;
  }

  /** Milliseconds that never go back. */
  now(): number {
    return this.#setup.clock.mono();
  }

  /** Silence after which something that must come counts as missing, in milliseconds. */
  get patienceMs(): number {
    return this.#setup.patienceMs;
  }

  /** Longest a turn of ours may take that nobody watches, in milliseconds. */
  get turnMs(): number {
    return 4 * this.#setup.patienceMs;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#setup.clock.after(ms, resolve);
    });
  }

  /** Lets go of every socket and, unless they are to be kept, closes every conversation. How many could not be closed. */
  async tidy(keep: boolean): Promise<number> {
    for (const socket of this.#sockets) socket.cut();
    if (keep) return 0;
    const answers = await Promise.all(
      [...this.#conversations].map((id) =>
        this.ask('POST', `/conversations/${encodeURIComponent(id)}/close`),
      ),
    );
    return answers.filter(({ status }) => status !== 200).length;
  }
}
