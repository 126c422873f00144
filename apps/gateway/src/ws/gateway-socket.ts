import { type RawData, WebSocket } from 'ws';

/** Close codes by which the protocol itself ends a socket: broken frames, bad text, too large a message. */
const PROTOCOL_CLOSES: readonly number[] = [1002, 1007, 1008, 1009];

/** Whose socket it is. */
export interface SocketOwner {
  /** The client sent a message. */
  message(data: Buffer, isBinary: boolean): void;
  /** The client sent a ping or a pong. */
  heard(): void;
  /** Called once, while frames can still be sent, before the socket closes over what the client sent. */
  brokeProtocol(code: number): void;
  failed(error: Error): void;
  closed(): void;
}

/** A WebSocket that tells one owner what happens. Its listeners are the same for all sockets, so that they cost nothing for each. */
export class GatewaySocket extends WebSocket {
  #owner: SocketOwner | undefined;
  #isBroken = false;

  /** Undefined: nobody's yet. */
  get owner(): SocketOwner | undefined {
    return this.#owner;
  }

  /** From now on it tells this one. Once. */
  belongTo(owner: SocketOwner): void {
    this.#owner = owner;
    this.on('message', onMessage).on('ping', onSign).on('pong', onSign);
    this.on('error', onError).on('close', onClose);
  }

  override close(code?: number, data?: string | Buffer): void {
    const isOver = code !== undefined && PROTOCOL_CLOSES.includes(code) && this.readyState === this.OPEN;
    if (isOver && !this.#isBroken) {
      this.#isBroken = true;
      this.#owner?.brokeProtocol(code);
    }
    super.close(code, data);
  }
}

const ownerOf = (socket: WebSocket): SocketOwner | undefined =>
  socket instanceof GatewaySocket ? socket.owner : undefined;

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  // `nodebuffer` is the binary type of every socket of the server.
  ownerOf(this)?.message(data as Buffer, isBinary);
}

function onSign(this: WebSocket): void {
  ownerOf(this)?.heard();
}

function onError(this: WebSocket, error: Error): void {
  ownerOf(this)?.failed(error);
}

function onClose(this: WebSocket): void {
  ownerOf(this)?.closed();
}
