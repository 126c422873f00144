import type { WsServerMessage } from '@dispatch/transport-contract';

/** A frame on its way to any number of clients. Each of its forms is made once, when the first client needs it. */
export class SharedFrame {
  readonly message: WsServerMessage;
  #text: Buffer | undefined;
  #line: Buffer | undefined;

  constructor(message: WsServerMessage) {
    this.message = message;
  }

  /** The frame as one WebSocket text message. */
  get text(): Buffer {
    this.#text ??= Buffer.from(JSON.stringify(this.message), 'utf8');
    return this.#text;
  }

  /** The turn's event as one line of NDJSON; undefined for frames that carry none. */
  get line(): Buffer | undefined {
    if (this.message.type !== 'chat.delta') return undefined;
    this.#line ??= Buffer.from(`${JSON.stringify(this.message.event)}\n`, 'utf8');
    return this.#line;
  }
}
