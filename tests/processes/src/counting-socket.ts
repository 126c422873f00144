import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const HEADER_END = Buffer.from('\r\n\r\n');
const TEXT = 0x1;
const PING = 0x9;
const PONG = 0xa;
const CLOSE = 0x8;
const MASK = 0x80;

export interface CountingSocketOptions {
  /** `ws://host:port/path?query` */
  readonly url: string;
  /** Headers of the upgrade beside those every upgrade has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Each text message, as the bytes between other messages of the same read; copy what you keep. */
  readonly onText: (payload: Buffer, socket: CountingSocket) => void;
  readonly onClose?: (socket: CountingSocket) => void;
}

/**
 * A WebSocket client that does no more than it must, so that what is measured is the server: it finds the frames in what it read and hands them
 * over as bytes. Reads unfragmented, unmasked text, which is all that the servers measured here send.
 */
export class CountingSocket {
  readonly #socket: Socket;
  readonly #options: CountingSocketOptions;
  #rest: Buffer = Buffer.alloc(0);
  #isOpen = false;
  #onOpen: () => void = () => undefined;

  private constructor(options: CountingSocketOptions) {
    const { hostname, port } = new URL(options.url);
    this.#options = options;
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (bytes) => this.#read(bytes));
    this.#socket.on('close', () => options.onClose?.(this));
    this.#socket.on('error', () => undefined);
  }

  /** Resolves when the server has switched protocols; rejects when it does not. */
  static open(options: CountingSocketOptions): Promise<CountingSocket> {
    const opened = new CountingSocket(options);
    const { pathname, search, host } = new URL(options.url);
    const lines = {
      Host: host,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      ...options.headers,
    };
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
    opened.#socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${head.join('')}\r\n`);
    return new Promise((resolve, reject) => {
      opened.#onOpen = () => resolve(opened);
      opened.#socket.once('close', () =>
        reject(new Error(`refused: ${opened.#rest.toString('latin1', 0, 300)}`)),
      );
    });
  }

  /** Sends one text message of at most 125 bytes. */
  send(text: string): void {
    this.#frame(TEXT, Buffer.from(text, 'utf8'));
  }

  /** Reads nothing more until {@link resume}. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Gone without a word, as a cable that was pulled out, but for the reset. */
  cut(): void {
    this.#socket.resetAndDestroy();
  }

  #frame(opcode: number, payload: Buffer): void {
    if (payload.length > 125) throw new Error('too long for this client');
    // A mask of zeros is a mask.
    this.#socket.write(
      Buffer.concat([Buffer.from([0x80 | opcode, MASK | payload.length, 0, 0, 0, 0]), payload]),
    );
  }

  #read(bytes: Buffer): void {
    let buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    if (!this.#isOpen) {
      const end = buffer.indexOf(HEADER_END);
      if (end < 0 || !buffer.subarray(0, 12).toString('latin1').endsWith('101')) {
        this.#rest = buffer;
        return;
      }
      buffer = buffer.subarray(end + HEADER_END.length);
      this.#isOpen = true;
      this.#onOpen();
    }
    let at = 0;
    for (;;) {
      const used = this.#take(buffer, at);
      if (used === 0) break;
      at += used;
    }
    this.#rest = at === buffer.length ? Buffer.alloc(0) : Buffer.from(buffer.subarray(at));
  }

  /** Bytes of the frame at this place; 0 when not all of it is there. */
  #take(buffer: Buffer, at: number): number {
    const left = buffer.length - at;
    if (left < 2) return 0;
    const opcode = (buffer[at] ?? 0) & 0x0f;
    let length = (buffer[at + 1] ?? 0) & 0x7f;
    let header = 2;
    if (length === 126) {
      if (left < 4) return 0;
      length = buffer.readUInt16BE(at + 2);
      header = 4;
    } else if (length === 127) {
      if (left < 10) return 0;
      length = Number(buffer.readBigUInt64BE(at + 2));
      header = 10;
    }
    if (left < header + length) return 0;
    const payload = buffer.subarray(at + header, at + header + length);
    if (opcode === TEXT) this.#options.onText(payload, this);
    else if (opcode === PING) this.#frame(PONG, Buffer.from(payload.subarray(0, 125)));
    else if (opcode === CLOSE) this.#socket.end();
    return header + length;
  }
}
