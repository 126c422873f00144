import { isDispatchError } from './dispatch-error.ts';
import type { SocketConstructor, SocketLike } from './platform.ts';

/** The line was lost, or never stood. */
const LOST = 1006;
/** Whoever asks is nobody here, and will not be by asking again. */
const SIGNED_OUT = 4401;

/**
 * Sockets that get a ticket for each connection first: browsers send no header with a socket, and a token has no place in an address. `ask` gives undefined where the
 * gateway has no tickets. To whoever holds it, it is a socket that takes longer to open.
 */
export function ticketedSocket(
  Socket: SocketConstructor,
  ask: () => Promise<string | undefined>,
): SocketConstructor {
  return class TicketedSocket implements SocketLike {
    onopen: SocketLike['onopen'] = null;
    onmessage: SocketLike['onmessage'] = null;
    onclose: SocketLike['onclose'] = null;
    onerror: SocketLike['onerror'] = null;
    #socket: SocketLike | undefined;
    #isOver = false;

    constructor(url: string) {
      void this.#open(url);
    }

    send(data: string): void {
      this.#socket?.send(data);
    }

    close(code?: number, reason?: string): void {
      if (this.#socket) this.#socket.close(code, reason);
      else this.#end(LOST, 'closed before it opened');
    }

    async #open(url: string): Promise<void> {
      try {
        const ticket = await ask();
        if (this.#isOver) return;
        const socket = new Socket(ticket === undefined ? url : withTicket(url, ticket));
        this.#socket = socket;
        socket.onopen = (event) => this.onopen?.(event);
        socket.onmessage = (event) => this.onmessage?.(event);
        socket.onerror = (event) => this.onerror?.(event);
        socket.onclose = (event) => this.onclose?.(event);
      } catch (error) {
        const isRefused = isDispatchError(error) && (error.status === 401 || error.status === 403);
        this.#end(isRefused ? SIGNED_OUT : LOST, error instanceof Error ? error.message : String(error));
      }
    }

    #end(code: number, reason: string): void {
      if (this.#isOver) return;
      this.#isOver = true;
      this.onclose?.({ code, reason } as never);
    }
  };
}

function withTicket(url: string, ticket: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}ticket=${encodeURIComponent(ticket)}`;
}
