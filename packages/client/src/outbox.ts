import type { AckMessage, ChatSendMessage } from '@dispatch/transport-contract';
import { DispatchError } from './dispatch-error.ts';

/** What a send came to. */
export interface SentTurn {
  readonly conversationId: string;
  readonly turnId: string;
}

interface PendingSend {
  readonly frame: ChatSendMessage & { readonly id: string };
  readonly resolve: (turn: SentTurn) => void;
  readonly reject: (error: DispatchError) => void;
  /** On how many lines it was written so far. */
  written: number;
  /** Written on the line that is up now. */
  inFlight: boolean;
}

/** Most sends that wait for their answer at a time. */
export const OUTBOX_LIMIT = 200;

/** Sends until they are answered. Each carries its idempotency key from the start, so writing it twice is safe. */
export class Outbox {
  readonly #pending = new Map<string, PendingSend>();

  add(frame: ChatSendMessage & { readonly id: string }): Promise<SentTurn> {
    if (this.#pending.size >= OUTBOX_LIMIT) {
      return Promise.reject(
        new DispatchError({
          code: 'queue-full',
          message: `${OUTBOX_LIMIT} messages already wait for the gateway; this one was not queued.`,
          retryable: true,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#pending.set(frame.id, { frame, resolve, reject, written: 0, inFlight: false });
    });
  }

  /** Writes, in the order of their creation, what the current line has not had yet. */
  flush(write: (frame: ChatSendMessage) => void): void {
    for (const send of this.#pending.values()) {
      if (send.inFlight) continue;
      send.inFlight = true;
      send.written += 1;
      write(send.frame);
    }
  }

  /** The line is gone: everything unanswered goes out again on the next one. */
  lineLost(): void {
    for (const send of this.#pending.values()) send.inFlight = false;
  }

  /** Answers the send the ack belongs to; undefined when it is nobody's. `resent` tells that an earlier line had it too. */
  acknowledge(ack: AckMessage): (SentTurn & { readonly resent: boolean }) | undefined {
    const send = this.#pending.get(ack.id);
    if (!send) return undefined;
    const { conversationId, turnId } = ack;
    this.#pending.delete(ack.id);
    if (conversationId === undefined || turnId === undefined) {
      send.reject(
        new DispatchError({
          code: 'malformed-answer',
          message: 'The gateway acknowledged the message without naming its turn.',
        }),
      );
      return undefined;
    }
    send.resolve({ conversationId, turnId });
    return { conversationId, turnId, resent: send.written > 1 };
  }

  /** Whether the refused frame was a send that waited here. */
  refuse(id: string, error: DispatchError): boolean {
    const send = this.#pending.get(id);
    if (!send) return false;
    this.#pending.delete(id);
    send.reject(error);
    return true;
  }

  refuseAll(error: DispatchError): void {
    for (const send of [...this.#pending.values()]) this.refuse(send.frame.id, error);
  }
}
