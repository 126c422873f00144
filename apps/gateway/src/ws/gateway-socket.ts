import { WebSocket } from 'ws';

/** Close codes by which the protocol itself ends a socket: broken frames, bad text, too large a message. */
const PROTOCOL_CLOSES: readonly number[] = [1002, 1007, 1008, 1009];

/** A WebSocket that tells before it closes over what the client sent, so that the client can be told why. */
export class GatewaySocket extends WebSocket {
  /** Called while frames can still be sent. */
  onProtocolError: ((code: number) => void) | undefined;

  override close(code?: number, data?: string | Buffer): void {
    if (code !== undefined && PROTOCOL_CLOSES.includes(code) && this.readyState === this.OPEN) {
      const tell = this.onProtocolError;
      this.onProtocolError = undefined;
      tell?.(code);
    }
    super.close(code, data);
  }
}
